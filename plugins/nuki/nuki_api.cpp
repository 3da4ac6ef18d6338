#include "nuki_api.hpp"

#include "gatehouse/sdk/utc_time.hpp"
#include "nuki_error.hpp"

namespace gatehouse::nuki {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr int kKeypadCodeType = 13;
constexpr std::size_t kPinDigits = 6;
constexpr int kEveryDay = 127;
constexpr int kOutOfReach = 4;  // as serverState (docs.nuki.io, examples)
constexpr int kNotFound = 404;
constexpr int kConflict = 409;
constexpr int kLocked = 423;
constexpr int kServerErrors = 500;  // and above: it may have been done all the same

Error unreadable(const std::string& what) {
    return {Kind::kUnavailable, "Nuki's answer is not readable: " + what};
}

std::optional<std::int64_t> time_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return std::nullopt;
    const auto at_ms =
        found->is_string() ? sdk::parse_time(found->get<std::string>()) : std::nullopt;
    if (!at_ms) throw unreadable("the dates of a keypad code");
    return at_ms;
}

// Shown as a number; as a list of numbers by newer versions, as text by some.
std::string code_at(const Json& object) {
    const auto found = object.find("code");
    if (found == object.end()) return {};
    const Json& code = found->is_array() && !found->empty() ? found->front() : *found;
    if (code.is_string()) return code.get<std::string>();
    return code.is_number_integer() ? std::to_string(code.get<std::int64_t>()) : std::string();
}

bool is_zero_or_absent(const Json& object, const char* key) {
    return sdk::whole_at(object, key).value_or(0) == 0;
}

KeypadCode to_code(const Json& object, LockId lock) {
    KeypadCode code;
    code.id = sdk::text_at(object, "id");
    if (code.id.empty()) throw unreadable("a keypad code");
    if (const auto number = sdk::whole_at(object, "authId")) {
        code.auth = std::to_string(lock) + "/" + std::to_string(*number);
    }
    code.name = sdk::text_at(object, "name");
    code.code = code_at(object);
    const auto enabled = object.find("enabled");
    code.is_enabled = enabled == object.end() || !enabled->is_boolean() || enabled->get<bool>();
    const std::int64_t week_days = sdk::whole_at(object, "allowedWeekDays").value_or(0);
    code.applies_dates = week_days != 0;
    code.is_restricted = (week_days != 0 && week_days != kEveryDay) ||
                         !is_zero_or_absent(object, "allowedFromTime") ||
                         !is_zero_or_absent(object, "allowedUntilTime");
    code.dates = {time_at(object, "allowedFromDate"), time_at(object, "allowedUntilDate")};
    code.updated_at = sdk::text_at(object, "updateDate");
    const auto operation = object.find("operationId");
    code.is_under_way = operation != object.end() && !operation->is_null();
    return code;
}

// Always whole: Nuki leaves dates unused that come without weekdays.
Json to_body(const WantedCode& wanted) {
    Json body = {{"name", wanted.name},
                 {"enabled", wanted.is_enabled},
                 {"allowedFromDate", sdk::time_or_null(wanted.dates.from_ms)},
                 {"allowedUntilDate", sdk::time_or_null(wanted.dates.until_ms)},
                 {"allowedWeekDays", kEveryDay},
                 {"allowedFromTime", 0},
                 {"allowedUntilTime", 0}};
    if (!wanted.code.empty()) body["code"] = std::stoi(wanted.code);
    return body;
}

Accepted accepted(const sdk::HttpReply& reply, const std::string& what) {
    if (reply.is_ok()) return Accepted::kYes;
    if (reply.status == kLocked) return Accepted::kBusy;
    if (reply.status == kConflict) return Accepted::kTaken;
    throw to_error(reply, what);
}

std::string auth_path(LockId lock) {
    return "/smartlock/" + std::to_string(lock) + "/auth";
}

}  // namespace

bool is_keypad_pin(std::string_view text) {
    return text.size() == kPinDigits &&
           text.find_first_not_of("123456789") == std::string_view::npos && !text.starts_with("12");
}

sdk::HttpReply NukiApi::send(const std::string& method, const std::string& path, const Json* body) {
    sdk::HttpRequest request;
    request.method = method;
    request.url = base_url_ + path;
    request.header("Authorization", "Bearer " + token_).header("Accept", "application/json");
    if (body != nullptr) request.json(*body);
    return http_.send(request);
}

Json NukiApi::list(const std::string& path, const std::string& what) {
    const sdk::HttpReply reply = send("GET", path);
    if (reply.status != 200) throw to_error(reply, what);
    Json list = reply.json();
    if (!list.is_array()) throw unreadable(what);
    for (const Json& entry : list) {
        if (!entry.is_object()) throw unreadable(what);
    }
    return list;
}

std::string NukiApi::account() {
    const sdk::HttpReply reply = send("GET", "/account");
    if (reply.status != 200) throw to_error(reply, "say whose token this is");
    const Json account = reply.json();
    const std::string email = sdk::text_at(account, "email");
    return email.empty() ? sdk::text_at(account, "name", "an account without a name") : email;
}

std::vector<SmartLock> NukiApi::locks() {
    std::vector<SmartLock> locks;
    for (const Json& entry : list("/smartlock", "list the smart locks")) {
        const auto id = sdk::whole_at(entry, "smartlockId");
        if (!id) throw unreadable("a smart lock");
        locks.push_back({*id, sdk::text_at(entry, "name")});
    }
    return locks;
}

bool NukiApi::is_reachable(LockId lock) {
    const std::string what = "show smart lock " + std::to_string(lock);
    const sdk::HttpReply reply = send("GET", "/smartlock/" + std::to_string(lock));
    if (reply.status != 200) throw to_error(reply, what);
    const Json shown = reply.json();
    if (!shown.is_object()) throw unreadable(what);
    return sdk::whole_at(shown, "serverState") != kOutOfReach;
}

std::vector<KeypadCode> NukiApi::codes(LockId lock) {
    std::vector<KeypadCode> codes;
    const std::string what = "list the codes of smart lock " + std::to_string(lock);
    for (const Json& entry : list(auth_path(lock), what)) {
        if (sdk::whole_at(entry, "type") == kKeypadCodeType) codes.push_back(to_code(entry, lock));
    }
    return codes;
}

Accepted NukiApi::add(LockId lock, const WantedCode& wanted) {
    Json body = to_body(wanted);
    body["type"] = kKeypadCodeType;
    body.erase("enabled");  // a new code is; the member is known of changes only
    doubtful_lock_ = lock;
    const sdk::HttpReply reply = send("PUT", auth_path(lock), &body);
    if (reply.status < kServerErrors) doubtful_lock_.reset();
    return accepted(reply, "add the keypad code to smart lock " + std::to_string(lock));
}

Accepted NukiApi::change(LockId lock, const std::string& id, const WantedCode& wanted) {
    const Json body = to_body(wanted);
    const sdk::HttpReply reply =
        send("POST", auth_path(lock) + "/" + sdk::percent_encode(id), &body);
    if (reply.status == kNotFound) return Accepted::kGone;
    return accepted(reply, "change the keypad code on smart lock " + std::to_string(lock));
}

Accepted NukiApi::remove(LockId lock, const std::string& id) {
    const sdk::HttpReply reply = send("DELETE", auth_path(lock) + "/" + sdk::percent_encode(id));
    if (reply.status == kNotFound) return Accepted::kGone;
    return accepted(reply, "remove the keypad code from smart lock " + std::to_string(lock));
}

void NukiApi::sync(LockId lock) {
    const sdk::HttpReply reply = send("POST", "/smartlock/" + std::to_string(lock) + "/sync");
    if (!reply.is_ok() && reply.status != kLocked) {
        throw to_error(reply, "look at smart lock " + std::to_string(lock) + " again");
    }
}

Json NukiApi::webhooks() {
    return list("/api/decentralWebhook", "list the webhooks");
}

Json NukiApi::log(std::int64_t since_ms, const std::string& before) {
    std::string path = "/smartlock/log?limit=" + std::to_string(kLogPage) +
                       "&fromDate=" + sdk::percent_encode(sdk::format_time(since_ms));
    if (!before.empty()) path += "&id=" + sdk::percent_encode(before);
    return list(path, "list the log");
}

}  // namespace gatehouse::nuki
