#include "simulators/control_api.hpp"

#include <stdexcept>
#include <string>
#include <utility>

#include "simulators/announce.hpp"
#include "simulators/edits.hpp"
#include "simulators/kisi_call.hpp"
#include "simulators/kisi_control.hpp"
#include "simulators/moves.hpp"
#include "simulators/nuki_control.hpp"
#include "simulators/nuki_webhooks.hpp"
#include "simulators/query.hpp"
#include "simulators/unloc_control.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

Reply problem(int status, const std::string& text) {
    return json_reply({{"error", text}}, status);
}

}  // namespace

void ControlApi::handle(const Request& request, const Responder& respond) {
    const std::string verb = request.path.substr(std::min<std::size_t>(6, request.path.size()));
    try {
        if (request.method == "GET") {
            const json answer = read(verb, request);
            return respond(answer.is_null() ? problem(404, "no GET /_sim/" + verb)
                                            : json_reply(answer));
        }
        if (request.method == "DELETE") {
            if (verb == "faults") world_.faults.clear();
            if (verb == "requests") world_.recorder.clear();
            if (verb != "faults" && verb != "requests") {
                return respond(problem(404, "no DELETE /_sim/" + verb));
            }
            return respond(json_reply(json::object()));
        }
        const json body = json::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
        if (!body.is_object()) return respond(problem(400, "the body is not a JSON object"));
        change(verb, body, respond);
    } catch (const json::exception& error) {
        respond(problem(400, error.what()));
    } catch (const std::invalid_argument& error) {
        respond(problem(400, error.what()));
    }
}

void ControlApi::change(const std::string& verb, const json& body, const Responder& respond) {
    if (verb == "move_in") return control_move_in(io_, world_, body, respond);
    if (verb == "move_out") return control_move_out(io_, world_, body, respond);
    if (verb == "plan_move_out") return control_plan_move_out(io_, world_, body, respond);
    if (verb == "cancel_move_out") return control_cancel_move_out(io_, world_, body, respond);
    if (verb == "transfer") return control_transfer(io_, world_, body, respond);
    if (verb == "mark_overdue") return control_overdue(io_, world_, body, true, respond);
    if (verb == "unmark_overdue") return control_overdue(io_, world_, body, false, respond);
    if (verb == "change") return control_change(io_, world_, body, respond);
    if (verb == "await_echoes") return echoes_.await(respond);
    if (verb == "webhook") return control_webhook(io_, world_, body, respond);
    if (verb == "nuki_event") return control_nuki_event(io_, world_.nuki, body, respond);
    if (verb == "kisi_event") return control_kisi_event(io_, world_, body, respond);
    if (verb == "load") return control_load(io_, world_, body, respond);
    if (verb == "unloc_event") return control_unloc_event(io_, world_.unloc, body, respond);
    json answer = json::object();
    if (verb == "seed") {
        seed(world_, body);
    } else if (verb == "bulk") {
        answer = make_bulk(world_, body);
    } else if (verb == "reset") {
        world_.reset(body.value("seed", std::uint64_t{1}));
    } else if (verb == "settings") {
        answer = apply_settings(body);
    } else if (verb == "kisi_disable_webhooks") {
        answer = disable_kisi_webhooks(world_, body);
    } else if (verb == "nuki_auth") {
        answer = edit_nuki_auth(world_.nuki, body);
    } else if (verb == "unloc") {
        answer = change_unloc(world_.unloc, body);
    } else if (verb == "faults") {
        const auto id = world_.faults.add(body);
        if (!id) throw std::invalid_argument(id.error().message);
        answer["id"] = *id;
    } else {
        return respond(problem(404, "no POST /_sim/" + verb));
    }
    respond(json_reply(answer));
}

json ControlApi::read(const std::string& verb, const Request& request) {
    if (verb == "health") return {{"ok", true}};
    if (verb == "counters") return world_.recorder.counters();
    if (verb == "faults") return world_.faults.list();
    if (verb == "state") return dump(world_);
    if (verb == "doors") return doors(request);
    if (verb != "requests") return nullptr;
    const Query query = parse_query(request.query);
    return world_.recorder.log(value_of(query, "service"), static_cast<std::size_t>(number_of(
                                                               query, "limit", 100, 0, 1'000'000)));
}

json ControlApi::doors(const Request& request) {
    const Query query = parse_query(request.query);
    if (!value_of(query, "pin").empty()) return nuki_doors(world_.nuki, query);
    if (!value_of(query, "phone").empty()) return unloc_doors(world_.unloc, query);
    const std::string_view wanted = value_of(query, "organization");
    const std::string_view at = value_of(query, "at");
    const auto at_ms = at.empty() ? Result<UnixMs>(SimClock().now_ms()) : parse_utc(at);
    if (!at_ms) throw std::invalid_argument("at: not a time");
    json list = json::array();
    for (auto& [name, organization] : world_.kisi.organizations()) {
        if (!wanted.empty() && name != wanted) continue;
        for (const OpenDoor& door :
             KisiModel::open_doors(organization, value_of(query, "email"), *at_ms)) {
            list.push_back({{"organization", name},
                            {"lock_id", door.lock_id},
                            {"lock_name", door.lock_name},
                            {"group_id", door.group_id},
                            {"group_name", door.group_name},
                            {"role_assignment_id", door.role_assignment_id}});
        }
    }
    return list;
}

json ControlApi::apply_settings(const json& body) {
    for (const auto& [name, value] : body.items()) {
        if (name == "kisi_rate_limit") {
            kisi_api_.set_rate_limited(value.get<bool>());
        } else if (name == "kisi_event_set_polls") {
            world_.kisi.event_set_polls = value.get<int>();
        } else if (name == "nuki_confirm_after_reads") {
            world_.nuki.confirm_after_reads = value.get<int>();
        } else if (name == "nuki_lose") {
            world_.nuki.commands_to_lose = value.get<int>();
        } else if (name == "now") {
            const auto now_ms = parse_utc(value.get<std::string>());
            if (!now_ms) throw std::invalid_argument("now: not a time");
            SimClock::set_now_ms(*now_ms);
        } else if (name == "echo") {
            echoes_.configure(value);
        } else if (name == "log_limit") {
            world_.recorder.set_log_limit(value.get<std::size_t>());
        } else {
            throw std::invalid_argument("no setting " + name);
        }
    }
    return json::object();
}

}  // namespace gatehouse::simulators
