// The API's part for what people watch and decide: sweeps, the fuse, alerts.
#include "admin/api.hpp"
#include "admin/known_business.hpp"
#include "admin/replies.hpp"
#include "admin/views.hpp"

namespace gatehouse::admin {
namespace {

using edge::HttpResponse;
using nlohmann::json;

// More ends than this are let pass with a second request.
constexpr int kMaxConfirmed = 5000;

bool is_set(const Request& request, const std::string& name) {
    return text_of(request, name) == "true";
}

// The task's key of what is asked for; empty if that cannot be.
std::string sweep_key(const Request& request) {
    const bool is_delta = is_set(request, "delta");
    const bool is_dry = is_set(request, "dry-run");
    const bool is_trusted = is_set(request, "trust");
    if (is_delta && (is_set(request, "full") || is_trusted)) return "";
    if (is_dry && is_trusted) return "";
    return std::string(is_delta ? "delta" : "full") + (is_dry       ? ":dry"
                                                       : is_trusted ? ":trust"
                                                                    : ":now");
}

dispatch::NewTask confirmed_look(const access::RentalRecord& record, UnixMs now_ms) {
    dispatch::NewTask task;
    task.business = record.business;
    task.kind = dispatch::TaskKind::kReconcile;
    task.key = record.rental_id;
    task.due_ms = now_ms;
    task.flags = dispatch::kConfirmed;
    return task;
}

json damage_view(const std::string& damage) {
    return {{"business", ""},
            {"subject", "store"},
            {"text", "the database is damaged (" + damage +
                         "); nothing is taken in and nothing is done. Stop the host and restore a "
                         "backup: gatehouse restore FILE"},
            {"rental", ""},
            {"unit", ""},
            {"raised", nullptr},
            {"cured", nullptr},
            {"task", ""},
            {"told", false}};
}

}  // namespace

HttpResponse Api::sweep(const Request& request) {
    const std::string& business = request.path[2];
    if (auto refused = refuse_unknown(*deps_.config, business)) return std::move(*refused);
    const std::string key = sweep_key(request);
    if (key.empty()) return refusal(400, "these do not go together");
    dispatch::NewTask task;
    task.business = business;
    task.kind = dispatch::TaskKind::kSweep;
    task.key = key;
    task.due_ms = deps_.clock.now_ms();
    task.priority = dispatch::Priority::kNormal;
    if (const auto done = deps_.store.enqueue({task}); !done) return refusal(done.error());
    return reply(
        {{"business", business}, {"sweep", key}, {"state", "waiting"}, {"since", task.due_ms}},
        202);
}

// "waiting" until a sweep that began at `since` or later has something to tell.
HttpResponse Api::sweep_report(const Request& request) {
    const auto since = text_of(request, "since");
    const auto since_ms = since ? parse_id(*since) : std::optional<std::int64_t>(0);
    if (!since_ms) return refusal(400, "since must be a time in milliseconds");
    const auto report = deps_.sweeps == nullptr
                            ? std::nullopt
                            : deps_.sweeps->find(request.path[2], request.path[3]);
    if (!report) {
        if (auto refused = refuse_unknown(*deps_.config, request.path[2])) {
            return std::move(*refused);
        }
        if (!since) return refusal(404, "no such sweep since the host was started");
    }
    json view =
        report && report->began_ms >= *since_ms
            ? sweep::report_view(*report)
            : json{{"business", request.path[2]}, {"sweep", request.path[3]}, {"state", "waiting"}};
    view["since"] = *since_ms;
    return reply(view);
}

HttpResponse Api::fuse(const Request& request) {
    const auto business = text_of(request, "business");
    const auto found = deps_.store.fuse_blocked(business, limit_of(request));
    if (!found) return refusal(found.error());
    if (found->empty()) {
        if (auto refused = refuse_unknown(*deps_.config, business)) return std::move(*refused);
    }
    json list = json::array();
    for (const access::RentalRecord& record : *found) {
        json view = rental_view(record);
        view["business"] = record.business;
        view["blocked"] = time_or_null(record.fuse_blocked_ms);
        list.push_back(std::move(view));
    }
    return reply({{"rentals", std::move(list)}});
}

HttpResponse Api::confirm(const Request& request) {
    const std::string& business = request.path[2];
    const auto rental = text_of(request, "rental");
    if (rental.has_value() == is_set(request, "all")) {
        return refusal(400, "name one rental, or all=true");
    }
    const auto found = deps_.store.fuse_blocked(business, kMaxConfirmed);
    if (!found) return refusal(found.error());
    std::vector<dispatch::NewTask> looks;
    json confirmed = json::array();
    for (const access::RentalRecord& record : *found) {
        if (rental && record.rental_id != *rental) continue;
        looks.push_back(confirmed_look(record, deps_.clock.now_ms()));
        confirmed.push_back(record.rental_id);
    }
    if (looks.empty()) {
        if (auto refused = refuse_unknown(*deps_.config, business)) return std::move(*refused);
        return refusal(404, "no such end waits for a person");
    }
    if (const auto done = deps_.store.enqueue(looks); !done) return refusal(done.error());
    return reply({{"message", "confirmed " + std::to_string(looks.size())},
                  {"rentals", std::move(confirmed)}},
                 202);
}

// A damaged store holds no alerts that could be read: its own is the only one then.
HttpResponse Api::alerts(const Request& request) {
    if (const auto damage = deps_.store.damage()) {
        return reply({{"alerts", json::array({damage_view(*damage)})}});
    }
    const auto business = text_of(request, "business");
    const auto found = deps_.store.alerts(business, limit_of(request));
    if (!found) return refusal(found.error());
    if (found->empty()) {
        if (auto refused = refuse_unknown(*deps_.config, business)) return std::move(*refused);
    }
    json list = json::array();
    for (const dispatch::AlertRecord& alert : *found) {
        list.push_back({{"business", alert.business},
                        {"subject", alert.subject},
                        {"text", alert.text},
                        {"rental", alert.rental_id},
                        {"unit", alert.unit_id},
                        {"raised", time_or_null(alert.raised_ms)},
                        {"cured", time_or_null(alert.cured_ms)},
                        {"task", alert.job_id},
                        {"told", alert.is_told}});
    }
    return reply({{"alerts", std::move(list)}});
}

}  // namespace gatehouse::admin
