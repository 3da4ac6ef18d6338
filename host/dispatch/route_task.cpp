#include "dispatch/route_task.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "dispatch/event_site.hpp"
#include "notify/routes.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;

NewTask message_task(const Task& task, std::size_t route, const std::string& connection,
                     UnixMs now_ms) {
    NewTask message;
    message.business = task.business;
    message.kind = TaskKind::kNotify;
    message.key = notify::to_key({task.event_id, route, connection, std::nullopt});
    message.due_ms = now_ms;
    message.event_id = task.event_id;
    message.priority = Priority::kNormal;
    return message;
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
    for (const std::size_t i : notify::routes_for(routes, task.event_type)) {
        const config::Notify& route = routes[i];
        const Result<bool> is_meant = is_of_sites(route.sites, objects);
        if (!is_meant) return {tl::unexpected(is_meant.error())};
        const std::string name = "route " + std::to_string(i + 1);
        if (*is_meant) {
            steps.add(observe::StepKind::kDecided, name + ": tell " + route.connection);
            outcome.follow_ups.push_back(message_task(task, i, route.connection, clock_.now_ms()));
        } else {
            steps.add(observe::StepKind::kDecided, name + " is for other sites");
        }
    }
    return outcome;
}

}  // namespace gatehouse::dispatch
