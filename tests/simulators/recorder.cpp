#include "simulators/recorder.hpp"

#include <algorithm>

namespace gatehouse::simulators {
namespace {

constexpr std::size_t kMaxLoggedBody = 4096;

void add(std::map<std::string, std::int64_t, std::less<>>& counts, std::string_view what) {
    const auto found = counts.find(what);
    if (found == counts.end()) {
        counts.emplace(what, 1);
    } else {
        ++found->second;
    }
}

}  // namespace

void Recorder::record(std::string_view service, const Request& request, const Reply& reply,
                      std::string_view fault) {
    Counters& counters = of(service);
    add(counters.named, "requests");
    const bool is_write = request.method != "GET" && !reply.is_search;
    if (is_write && reply.status / 100 == 2) add(counters.named, "writes");
    if (!fault.empty()) add(counters.named, "faults");
    add(counters.routes, reply.route);
    add(counters.statuses, std::to_string(reply.status));
    if (log_limit_ == 0) return;
    entries_.push_back({next_number_++, clock_.now_ms(), std::string(service), reply.account,
                        request.method, request.path, request.query,
                        request.body.substr(0, kMaxLoggedBody), std::string(fault), reply.status});
    if (entries_.size() > log_limit_) entries_.pop_front();
}

void Recorder::count(std::string_view service, std::string_view what) {
    add(of(service).named, what);
}

void Recorder::note_open(std::string_view service, std::int64_t open) {
    std::int64_t& most = of(service).named["most_at_once"];
    most = std::max(most, open);
}

nlohmann::json Recorder::counters() const {
    nlohmann::json all = nlohmann::json::object();
    for (const auto& [service, counters] : services_) {
        nlohmann::json& one = all[service];
        one = {{"requests", 0}, {"writes", 0}, {"faults", 0}};
        for (const auto& [name, value] : counters.named)
            one[name] = value;
        one["routes"] = counters.routes;
        one["statuses"] = counters.statuses;
    }
    return all;
}

nlohmann::json Recorder::log(std::string_view service, std::size_t limit) const {
    nlohmann::json list = nlohmann::json::array();
    for (auto entry = entries_.rbegin(); entry != entries_.rend() && list.size() < limit; ++entry) {
        if (!service.empty() && entry->service != service) continue;
        list.push_back({{"number", entry->number},
                        {"at", format_utc(entry->at_ms)},
                        {"service", entry->service},
                        {"account", entry->account},
                        {"method", entry->method},
                        {"path", entry->path},
                        {"query", entry->query},
                        {"body", entry->body},
                        {"status", entry->status},
                        {"fault", entry->fault}});
    }
    std::reverse(list.begin(), list.end());
    return list;
}

void Recorder::clear() {
    services_.clear();
    entries_.clear();
    of("storeganise");
    of("kisi");
}

void Recorder::set_log_limit(std::size_t limit) {
    log_limit_ = limit;
    while (entries_.size() > limit) {
        entries_.pop_front();
    }
}

Recorder::Counters& Recorder::of(std::string_view service) {
    const auto found = services_.find(service);
    if (found != services_.end()) return found->second;
    return services_.emplace(std::string(service), Counters()).first->second;
}

}  // namespace gatehouse::simulators
