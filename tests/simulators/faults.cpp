#include "simulators/faults.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<FaultKind, std::string_view>, 12> kKindNames{{
    {FaultKind::kLatency, "latency"},
    {FaultKind::kStatus, "status"},
    {FaultKind::kDropBefore, "drop_before"},
    {FaultKind::kDropAfter, "drop_after"},
    {FaultKind::kHalfBody, "half_body"},
    {FaultKind::kCutBody, "cut_body"},
    {FaultKind::kEmptyBody, "empty_body"},
    {FaultKind::kEmptyList, "empty_list"},
    {FaultKind::kWrongId, "wrong_id"},
    {FaultKind::kShortList, "short_list"},
    {FaultKind::kForeignList, "foreign_list"},
    {FaultKind::kHang, "hang"},
}};

std::optional<FaultKind> kind_from(std::string_view name) {
    const auto* found = std::find_if(kKindNames.begin(), kKindNames.end(),
                                     [&](const auto& pair) { return pair.second == name; });
    if (found == kKindNames.end()) return std::nullopt;
    return found->first;
}

bool read_latency(const json& value, Fault& fault) {
    if (value.is_number_integer()) {
        fault.latency_min_ms = fault.latency_max_ms = value.get<std::int64_t>();
        return fault.latency_min_ms >= 0;
    }
    if (!value.is_array() || value.size() != 2) return false;
    if (!value[0].is_number_integer() || !value[1].is_number_integer()) return false;
    fault.latency_min_ms = value[0].get<std::int64_t>();
    fault.latency_max_ms = value[1].get<std::int64_t>();
    return fault.latency_min_ms >= 0 && fault.latency_min_ms <= fault.latency_max_ms;
}

bool read_text(const json& value, std::string& into) {
    if (value.is_string()) into = value.get<std::string>();
    if (value.is_number_integer()) into = value.dump();
    return value.is_string() || value.is_number_integer();
}

bool read_count(const json& value, std::int64_t& into) {
    if (value.is_number_integer()) into = value.get<std::int64_t>();
    return value.is_number_integer();
}

bool read_kind(const json& value, Fault& fault) {
    const auto kind = value.is_string() ? kind_from(value.get<std::string>()) : std::nullopt;
    if (kind) fault.kind = *kind;
    return kind.has_value();
}

bool read_member(const std::string& name, const json& value, Fault& fault) {
    if (name == "kind") return read_kind(value, fault);
    if (name == "service") return read_text(value, fault.service);
    if (name == "method") return read_text(value, fault.method);
    if (name == "path") return read_text(value, fault.path);
    if (name == "body") return read_text(value, fault.body);
    if (name == "content_type") return read_text(value, fault.content_type);
    if (name == "retry_after") return read_text(value, fault.retry_after);
    if (name == "latency_ms") return read_latency(value, fault);
    if (name == "skip") return read_count(value, fault.skip);
    if (name == "count") return read_count(value, fault.remaining);
    if (name == "probability") {
        if (value.is_number()) fault.probability = value.get<double>();
        return value.is_number();
    }
    if (name == "status") {
        if (value.is_number_integer()) fault.status = value.get<int>();
        return fault.status >= 200 && fault.status <= 599;
    }
    return false;
}

std::string other_id(const json& id) {
    if (id.is_number_integer()) return std::to_string(id.get<std::int64_t>() + 1);
    std::string text = id.get<std::string>();
    if (!text.empty()) text.back() = text.back() == 'f' ? '0' : 'f';
    return text;
}

void give_wrong_id(Reply& reply) {
    json answer = json::parse(reply.body, nullptr, false);
    json& object = answer.is_array() && !answer.empty() ? answer[0] : answer;
    if (!object.is_object() || !object.contains("id")) return;
    json& id = object["id"];
    id = id.is_number_integer() ? json(std::stoll(other_id(id))) : json(other_id(id));
    reply.body = answer.dump();
}

void shorten_list(Reply& reply) {
    json answer = json::parse(reply.body, nullptr, false);
    if (!answer.is_array()) return;
    const auto half = static_cast<json::difference_type>(answer.size() / 2);
    answer.erase(answer.begin() + half, answer.end());
    reply.body = answer.dump();
}

// The same rows, true to each other, under ids that are not known here.
void make_foreign(json& object) {
    for (const char* name : {"id", "unitId", "ownerId", "siteId", "moveInJobId", "moveOutJobId"}) {
        const auto found = object.find(name);
        if (found != object.end() && found->is_string()) {
            *found = "f0e1" + found->get<std::string>();
        }
    }
    for (const char* name : {"unit", "owner", "site"}) {
        const auto found = object.find(name);
        if (found != object.end() && found->is_object()) make_foreign(*found);
    }
}

void give_foreign_list(Reply& reply) {
    json answer = json::parse(reply.body, nullptr, false);
    if (!answer.is_array()) return;
    for (json& row : answer) {
        if (row.is_object()) make_foreign(row);
    }
    reply.body = answer.dump();
}

}  // namespace

std::string_view to_string(FaultKind kind) {
    const auto* found = std::find_if(kKindNames.begin(), kKindNames.end(),
                                     [&](const auto& pair) { return pair.first == kind; });
    return found->second;
}

bool matches(std::string_view pattern, std::string_view text) {
    // The usual two-pointer walk: on a mismatch the last * takes one character more.
    std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

Result<std::int64_t> Faults::add(const json& description) {
    if (!description.is_object()) return fail(ErrorKind::kInvalid, "a fault is a JSON object");
    if (!description.contains("kind")) return fail(ErrorKind::kInvalid, "a fault needs a kind");
    Fault fault;
    for (const auto& [name, value] : description.items()) {
        if (!read_member(name, value, fault)) {
            return fail(ErrorKind::kInvalid, "fault: cannot use \"" + name + "\"");
        }
    }
    fault.id = next_id_++;
    faults_.push_back(fault);
    return fault.id;
}

json Faults::list() const {
    json all = json::array();
    for (const Fault& fault : faults_) {
        all.push_back({{"id", fault.id},
                       {"kind", to_string(fault.kind)},
                       {"service", fault.service},
                       {"method", fault.method},
                       {"path", fault.path},
                       {"remaining", fault.remaining}});
    }
    return all;
}

FaultPlan Faults::plan(std::string_view service, const Request& request) {
    FaultPlan plan;
    for (Fault& fault : faults_) {
        if (!fault.service.empty() && fault.service != service) continue;
        if (!fault.method.empty() && fault.method != request.method) continue;
        if (!matches(fault.path, request.path)) continue;
        const bool is_latency = fault.kind == FaultKind::kLatency;
        if (!is_latency && plan.fault) continue;
        if (!strikes(fault)) continue;
        if (!is_latency) plan.fault = fault;
        std::uniform_int_distribution<std::int64_t> range(fault.latency_min_ms,
                                                          fault.latency_max_ms);
        plan.latency_ms += range(random_);
    }
    return plan;
}

bool Faults::strikes(Fault& fault) {
    if (fault.remaining == 0) return false;
    if (fault.skip > 0) {
        --fault.skip;
        return false;
    }
    if (fault.probability < 1 &&
        std::uniform_real_distribution<double>(0, 1)(random_) >= fault.probability) {
        return false;
    }
    if (fault.remaining > 0) --fault.remaining;
    return true;
}

Reply spoil(const Fault& fault, Reply reply) {
    switch (fault.kind) {
        case FaultKind::kLatency:
            break;
        case FaultKind::kStatus:
            reply.status = fault.status;
            reply.body = fault.body;
            reply.headers.clear();
            if (fault.content_type == "text/html") reply.content_type = "text/html";
            if (!fault.retry_after.empty()) {
                reply.headers = "Retry-After: " + fault.retry_after + "\r\n";
            }
            break;
        case FaultKind::kDropBefore:
        case FaultKind::kDropAfter:
            reply.delivery = Delivery::kDrop;
            break;
        case FaultKind::kHalfBody:
            reply.body.resize(reply.body.size() / 2);
            break;
        case FaultKind::kCutBody:
            reply.delivery = Delivery::kCut;
            break;
        case FaultKind::kEmptyBody:
            reply.body.clear();
            break;
        case FaultKind::kEmptyList:
            reply.body = "[]";
            break;
        case FaultKind::kWrongId:
            give_wrong_id(reply);
            break;
        case FaultKind::kShortList:
            shorten_list(reply);
            break;
        case FaultKind::kForeignList:
            give_foreign_list(reply);
            break;
        case FaultKind::kHang:
            reply.delivery = Delivery::kHang;
            break;
    }
    return reply;
}

}  // namespace gatehouse::simulators
