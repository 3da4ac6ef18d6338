#include "dispatch/route_task.hpp"

#include <optional>
#include <vector>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "dispatch/event_site.hpp"
#include "notify/routes.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;

NewTask message_task(const Task& task, notify::Told told, UnixMs now_ms) {
    NewTask message;
    message.business = task.business;
    message.kind = TaskKind::kNotify;
    told.event_id = task.event_id;
    message.key = notify::to_key(told);
    message.due_ms = now_ms;
    message.event_id = task.event_id;
    message.priority = Priority::kNormal;
    return message;
}

// When the event was made, by its sender's clock; nothing if it does not say so readably.
std::optional<UnixMs> made_ms(const json& event) {
    const Result<UnixMs> made = parse_utc(string_member(event, "created").value_or(""));
    return made ? std::optional(*made) : std::nullopt;
}

}  // namespace

Outcome Router::run(const Task& task, observe::StepLog& steps) {
    Outcome outcome;
    const auto parts = businesses_.find(task.business);
    if (parts == businesses_.end()) return outcome;
    const Result<json> event = parse_json(task.event_body);
    if (!event) return {tl::unexpected(event.error())};
    const json* data = member(*event, "data");
    EventObjects objects(*parts->second.client, data == nullptr ? json() : *data, &steps);
    objects.set_patient(task.attempt <= kPatientAttempts);
    const std::vector<config::Notify>& routes = parts->second.config->notify;
    const std::vector<std::size_t> wanting = notify::routes_for(routes, task.event_type);
    const std::optional<UnixMs> made = made_ms(*event);
    if (!wanting.empty() && made && *made < clock_.now_ms() - keep_ids_ms_) {
        return {fail(ErrorKind::kInvalid,
                     "the event was made at " + format_utc(*made) +
                         ", longer ago than ids of events stay known: it may have been told "
                         "before and is told nobody")};
    }
    for (const std::size_t i : wanting) {
        const config::Notify& route = routes[i];
        const Result<bool> is_meant = is_of_sites(route.sites, objects);
        if (!is_meant) return {tl::unexpected(is_meant.error())};
        const std::string name = "route " + std::to_string(i + 1);
        if (*is_meant) {
            steps.add(observe::StepKind::kDecided, name + ": tell " + route.connection);
            outcome.follow_ups.push_back(
                message_task(task, notify::told_through(routes, i), clock_.now_ms()));
        } else {
            steps.add(observe::StepKind::kDecided, name + " is for other sites");
        }
    }
    return outcome;
}

}  // namespace gatehouse::dispatch
