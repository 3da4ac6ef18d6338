#include "simulators/nuki_api.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "simulators/query.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxNameBytes = 20;     // of a keypad code (topics 54, 35593)
constexpr std::size_t kMaxKeypadCodes = 100;  // on one lock (topic 4503)
constexpr int kEveryDay = 127;
constexpr std::int64_t kMaxLogPage = 50;

std::string detail(const std::string& text) {
    return json{{"detailMessage", text},
                {"stackTrace", json::array()},
                {"suppressedExceptions", json::array()}}
        .dump();
}

Reply refuse(int status, const std::string& text) {
    Reply reply;
    reply.status = status;
    reply.body = detail(text);
    return reply;
}

// The value is repeated, as Nuki does: whoever passes the text on passes a PIN on.
Reply refuse_value(const json& body, const std::string& name) {
    const json value = body.value(name, json());
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    return refuse(400,
                  "The supplied value '" + text + "' for parameter '" + name + "' is not valid");
}

Reply no_content() {
    Reply reply;
    reply.status = 204;
    return reply;
}

Reply found(const json& document) {
    Reply reply;
    reply.body = document.dump();
    return reply;
}

Reply nothing_there() {
    return refuse(404, "Not found");
}

bool is_keypad_code(const std::string& code) {
    const auto is_allowed = [](char c) { return c >= '1' && c <= '9'; };
    return code.size() == 6 && std::all_of(code.begin(), code.end(), is_allowed) &&
           code.compare(0, 2, "12") != 0;
}

// Nuki takes the code as a number; as text too (topic 22356).
std::string code_in(const json& body) {
    const json code = body.value("code", json());
    return code.is_string() ? code.get<std::string>() : code.dump();
}

// Null clears the date. False: not a time.
bool set_date(const json& body, const char* name, std::optional<UnixMs>& date) {
    const auto given = body.find(name);
    if (given == body.end()) return true;
    if (given->is_null()) {
        date.reset();
        return true;
    }
    if (!given->is_string()) return false;
    const auto at_ms = parse_utc(given->get<std::string>());
    if (!at_ms) return false;
    date = *at_ms;
    return true;
}

bool is_absent_or(const json& body, const char* name, int wanted) {
    const auto given = body.find(name);
    return given == body.end() || *given == wanted;
}

// The name of the first member that is wrong, "" if none is.
std::string set_members(const json& body, NukiAuth& auth) {
    if (body.contains("name")) {
        if (!body["name"].is_string() || body["name"].get<std::string>().empty()) return "name";
        auth.name = body["name"].get<std::string>();
    }
    if (body.contains("code")) {
        auth.code = code_in(body);
        if (!is_keypad_code(auth.code)) return "code";
    }
    if (body.contains("enabled")) {
        if (!body["enabled"].is_boolean()) return "enabled";
        auth.enabled = body["enabled"].get<bool>();
    }
    if (!set_date(body, "allowedFromDate", auth.from)) return "allowedFromDate";
    if (!set_date(body, "allowedUntilDate", auth.until)) return "allowedUntilDate";
    // Hours and single weekdays are not simulated.
    if (!is_absent_or(body, "allowedFromTime", 0)) return "allowedFromTime";
    if (!is_absent_or(body, "allowedUntilTime", 0)) return "allowedUntilTime";
    if (!is_absent_or(body, "allowedWeekDays", kEveryDay)) return "allowedWeekDays";
    if (body.contains("allowedWeekDays")) auth.has_week_days = true;
    return {};
}

std::string unknown_member(const json& body) {
    static const std::vector<std::string> kKnown{"name",
                                                 "type",
                                                 "code",
                                                 "enabled",
                                                 "allowedFromDate",
                                                 "allowedUntilDate",
                                                 "allowedWeekDays",
                                                 "allowedFromTime",
                                                 "allowedUntilTime",
                                                 "remoteAllowed",
                                                 "accountUserId",
                                                 "smartActionsEnabled"};
    for (const auto& [name, unused] : body.items()) {
        if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) return name;
    }
    return {};
}

const NukiCommand* command_for(const NukiLock& lock, const std::string& auth_id) {
    const auto at = std::find_if(lock.commands.begin(), lock.commands.end(),
                                 [&](const NukiCommand& one) { return one.auth.id == auth_id; });
    return at == lock.commands.end() ? nullptr : &*at;
}

// By what the API knows, not by what the lock holds: with a stale copy this is wrong (topic 22160).
bool is_code_taken(const NukiLock& lock, const NukiAuth& wanted) {
    const auto clashes = [&](const NukiAuth& other) {
        return other.id != wanted.id && other.type == kNukiKeypadCode && other.code == wanted.code;
    };
    return std::any_of(lock.shown.begin(), lock.shown.end(),
                       [&](const auto& entry) { return clashes(entry.second); }) ||
           std::any_of(lock.commands.begin(), lock.commands.end(), [&](const NukiCommand& one) {
               return !one.is_removal && clashes(one.auth);
           });
}

json time_or_null(const std::optional<UnixMs>& at_ms) {
    return at_ms ? json(format_utc(*at_ms)) : json();
}

json to_json(const NukiWebhook& webhook) {
    return {{"id", webhook.id}, {"webhookUrl", webhook.url}, {"webhookFeatures", webhook.features}};
}

}  // namespace

json to_json(const NukiAuth& auth, const NukiLock& lock) {
    json shown = {{"id", auth.id},
                  {"smartlockId", lock.id},
                  {"authId", auth.auth_id},
                  {"type", auth.type},
                  {"name", auth.name},
                  {"enabled", auth.enabled},
                  {"remoteAllowed", false},
                  {"lockCount", 0},
                  {"allowedFromDate", time_or_null(auth.from)},
                  {"allowedUntilDate", time_or_null(auth.until)},
                  {"creationDate", auth.created_at},
                  {"updateDate", auth.updated_at}};
    if (auth.has_week_days) {
        shown.update(
            {{"allowedWeekDays", kEveryDay}, {"allowedFromTime", 0}, {"allowedUntilTime", 0}});
    }
    if (auth.type == kNukiKeypadCode) shown["code"] = std::stoi(auth.code);
    if (command_for(lock, auth.id) != nullptr) shown["operationId"] = "operation-" + auth.id;
    return shown;
}

json to_json(const NukiLock& lock, const NukiAccount& account) {
    return {{"smartlockId", lock.id},
            {"accountId", account.id},
            {"type", 4},
            {"name", lock.name},
            {"serverState", lock.is_online ? 0 : 4},
            {"adminPinState", 0},
            {"state",
             {{"mode", 2},
              {"state", 1},
              {"trigger", 0},
              {"lastAction", 2},
              {"batteryCritical", lock.is_battery_critical},
              {"keypadBatteryCritical", false},
              {"doorState", 0}}},
            {"config", {{"name", lock.name}, {"keypadPaired", lock.has_keypad}}}};
}

Reply NukiApi::answer(const Request& request) {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string& header = request.authorization;
    const bool is_bearer = header.compare(0, kScheme.size(), kScheme) == 0;
    NukiAccount* account = is_bearer ? model_.caller(header.substr(kScheme.size())) : nullptr;
    if (account == nullptr) return refuse(401, "Unauthorized");
    const std::vector<std::string> segments = segments_of(request.path);
    Reply reply = nothing_there();
    if (segments.size() == 1 && segments[0] == "account" && request.method == "GET") {
        reply = found({{"accountId", account->id},
                       {"email", "owner@" + account->name + ".test"},
                       {"name", account->name}});
        reply.route = "GET /account";
    } else if (!segments.empty() && segments[0] == "smartlock") {
        reply = answer_locks(*account, request);
    } else if (segments.size() >= 2 && segments[0] == "api" && segments[1] == "decentralWebhook") {
        reply = answer_webhooks(*account, request);
    }
    reply.account = account->name;
    return reply;
}

Reply NukiApi::answer_locks(NukiAccount& account, const Request& request) {
    const std::vector<std::string> segments = segments_of(request.path);
    if (segments.size() == 1) {
        json list = json::array();
        for (const auto& [id, lock] : account.locks) {
            list.push_back(to_json(lock, account));
        }
        Reply reply = request.method == "GET" ? found(list) : refuse(405, "Method not allowed");
        reply.route = "GET /smartlock";
        return reply;
    }
    if (segments.size() == 2 && segments[1] == "log" && request.method == "GET") {
        return answer_log(account, request);
    }
    const auto at = account.locks.find(to_id(segments[1]));
    if (at == account.locks.end()) return nothing_there();
    NukiLock& lock = at->second;
    Reply reply = nothing_there();
    if (segments.size() == 2 && request.method == "GET") {
        reply = found(to_json(lock, account));
        reply.route = "GET /smartlock/{id}";
    } else if (segments.size() == 3 && segments[2] == "sync" && request.method == "POST") {
        if (lock.is_online) NukiModel::sync(lock);
        reply = no_content();
        reply.route = "POST /smartlock/{id}/sync";
    } else if (segments.size() == 3 && segments[2] == "auth") {
        reply = answer_auths(lock, request);
    } else if (segments.size() == 4 && segments[2] == "auth") {
        reply = answer_auth(lock, segments[3], request);
    }
    return reply;
}

// Newest first; `id` asks for what is older than that entry.
Reply NukiApi::answer_log(const NukiAccount& account, const Request& request) {
    const Query query = parse_query(request.query);
    const auto limit = static_cast<std::size_t>(number_of(query, "limit", 20, 1, kMaxLogPage));
    const std::string_view from = value_of(query, "fromDate");
    const std::string_view before = value_of(query, "id");
    const auto from_ms = from.empty() ? Result<UnixMs>(0) : parse_utc(from);
    if (!from_ms) return refuse(400, "fromDate is not a time");
    json list = json::array();
    bool is_older = before.empty();
    for (const json& entry : account.log) {
        if (is_older && list.size() < limit &&
            parse_utc(entry["date"].get<std::string>()).value_or(0) >= *from_ms) {
            list.push_back(entry);
        }
        is_older = is_older || entry["id"] == before;
    }
    Reply reply = found(list);
    reply.route = "GET /smartlock/log";
    return reply;
}

Reply NukiApi::answer_auths(NukiLock& lock, const Request& request) {
    if (request.method == "GET") {
        model_.read(lock);
        json list = json::array();
        for (const auto& [id, auth] : lock.shown) {
            list.push_back(to_json(auth, lock));
        }
        Reply reply = found(list);
        reply.route = "GET /smartlock/{id}/auth";
        return reply;
    }
    if (request.method != "PUT") return refuse(405, "Method not allowed");
    Reply reply = create(lock, json::parse(request.body, nullptr, false));
    reply.route = "PUT /smartlock/{id}/auth";
    return reply;
}

Reply NukiApi::answer_auth(NukiLock& lock, const std::string& id, const Request& request) {
    const auto at = lock.shown.find(id);
    if (at == lock.shown.end()) return nothing_there();
    Reply reply = refuse(405, "Method not allowed");
    if (request.method == "GET") {
        reply = found(to_json(at->second, lock));
        reply.route = "GET /smartlock/{id}/auth/{id}";
    } else if (command_for(lock, id) != nullptr) {
        reply = refuse(423, "");  // while a write is under way (topic 1178)
        reply.route = "still under way";
    } else if (request.method == "POST") {
        reply = change(lock, at->second, json::parse(request.body, nullptr, false));
        reply.route = "POST /smartlock/{id}/auth/{id}";
    } else if (request.method == "DELETE") {
        model_.accept(lock, at->second, true);
        reply = no_content();
        reply.route = "DELETE /smartlock/{id}/auth/{id}";
    }
    return reply;
}

Reply NukiApi::create(NukiLock& lock, const json& body) {
    if (!body.is_object()) return refuse(400, "The body is not an object");
    if (const std::string name = unknown_member(body); !name.empty()) {
        return refuse_value(body, name);
    }
    if (body.value("type", 0) != kNukiKeypadCode || !lock.has_keypad) {
        return refuse_value(body, "type");
    }
    NukiAuth auth;
    for (const char* must : {"name", "code"}) {
        if (!body.contains(must)) return refuse_value(body, must);
    }
    if (const std::string wrong = set_members(body, auth); !wrong.empty()) {
        return refuse_value(body, wrong);
    }
    if (auth.name.size() > kMaxNameBytes) return refuse(422, "");
    if (is_code_taken(lock, auth)) return refuse(409, "");
    if (lock.shown.size() + lock.commands.size() >= kMaxKeypadCodes) {
        return refuse(422, "");
    }
    auth.id = model_.new_auth_id();
    model_.accept(lock, std::move(auth), false);
    return no_content();
}

Reply NukiApi::change(NukiLock& lock, const NukiAuth& auth, const json& body) {
    if (!body.is_object()) return refuse(400, "The body is not an object");
    if (const std::string name = unknown_member(body); !name.empty() || body.contains("type")) {
        return refuse_value(body, name.empty() ? "type" : name);
    }
    NukiAuth changed = auth;
    if (const std::string wrong = set_members(body, changed); !wrong.empty()) {
        return refuse_value(body, wrong);
    }
    if (changed.name.size() > kMaxNameBytes) return refuse(422, "");
    if (is_code_taken(lock, changed)) return refuse(409, "");
    model_.accept(lock, std::move(changed), false);
    return no_content();
}

Reply NukiApi::answer_webhooks(NukiAccount& account, const Request& request) {
    const std::vector<std::string> segments = segments_of(request.path);
    Reply reply = refuse(405, "Method not allowed");
    if (segments.size() == 2 && request.method == "GET") {
        json list = json::array();
        for (const auto& [id, webhook] : account.webhooks) {
            list.push_back(to_json(webhook));
        }
        reply = found(list);
        reply.route = "GET /api/decentralWebhook";
    } else if (segments.size() == 2 && request.method == "PUT") {
        const json body = json::parse(request.body, nullptr, false);
        if (!body.is_object() || !body.contains("webhookUrl") || !body["webhookUrl"].is_string() ||
            body["webhookUrl"].get<std::string>().rfind("https://", 0) != 0 ||
            !body.contains("webhookFeatures") || !body["webhookFeatures"].is_array()) {
            return refuse(400, "webhookUrl and webhookFeatures are needed");
        }
        NukiWebhook webhook{model_.new_id(), body["webhookUrl"].get<std::string>(), "", {}};
        webhook.secret = "nuki-webhook-secret-" + std::to_string(webhook.id);
        body["webhookFeatures"].get_to(webhook.features);
        json shown = to_json(webhook);
        shown["secret"] = webhook.secret;
        reply = found(shown);
        account.webhooks[webhook.id] = std::move(webhook);
        reply.route = "PUT /api/decentralWebhook";
    } else if (segments.size() == 3 && request.method == "DELETE") {
        reply = account.webhooks.erase(to_id(segments[2])) > 0 ? no_content() : nothing_there();
        reply.route = "DELETE /api/decentralWebhook/{id}";
    }
    return reply;
}

std::string NukiApi::error_body(int status) {
    return detail("Simulated failure " + std::to_string(status));
}

}  // namespace gatehouse::simulators
