#include "nuki_events.hpp"

#include <optional>
#include <string>

#include "gatehouse/sdk/json.hpp"
#include "gatehouse/sdk/utc_time.hpp"

namespace gatehouse::nuki {
namespace {

using sdk::Json;

constexpr std::size_t kAuthIdDigits = 24;
constexpr std::size_t kDateBytes = 10;  // "2026-11-22"

// Numbers of Nuki's API documents (model SmartlockLog).
constexpr int kUnlock = 1;
constexpr int kLock = 2;
constexpr int kUnlatch = 3;
constexpr int kLockAndGo = 4;
constexpr int kLockAndGoUnlatched = 5;
constexpr int kAjar = 208;
constexpr int kOpened = 240;
constexpr int kClosed = 241;
constexpr int kJammed = 242;
constexpr int kSuccess = 0;
constexpr int kInvalidCode = 224;
constexpr int kInvalidFingerprint = 225;
constexpr int kInvalidTag = 226;

const char* kind_of(std::int64_t action) {
    switch (action) {
        case kUnlock:
        case kUnlatch:
        case kLockAndGo:
        case kLockAndGoUnlatched:
            return "unlock";
        case kLock:
            return "lock";
        case kAjar:
            return "held_open";
        case kOpened:
            return "opened";
        case kClosed:
            return "closed";
        case kJammed:
            return "tamper";
        default:
            return "other";
    }
}

const char* reason_of(std::int64_t state) {
    switch (state) {
        case 1:
            return "motor blocked";
        case 2:
            return "cancelled";
        case 3:
            return "too recent";
        case 4:
            return "busy";
        case 5:
        case 7:
            return "motor without power";
        case 6:
            return "clutch failure";
        case 8:
            return "incomplete";
        case 9:
            return "rejected";
        case 10:
            return "night mode";
        case kInvalidCode:
            return "invalid code";
        case kInvalidFingerprint:
            return "invalid fingerprint";
        case kInvalidTag:
            return "invalid tag";
        default:
            return "failed";
    }
}

std::string target_of(std::int64_t lock) {
    return "smartlock:" + std::to_string(lock);
}

// The authorization's id as the references have it: the long one, or the lock's own number.
Json reference_of(const Json& entry, std::int64_t lock) {
    const std::string id = sdk::text_at(entry, "authId");
    if (id.size() == kAuthIdDigits) return id;
    if (const auto number = sdk::whole_at(entry, "authId")) {
        return std::to_string(lock) + "/" + std::to_string(*number);
    }
    return nullptr;
}

Json low_battery(const Json& body, std::int64_t now_ms) {
    const auto lock = sdk::whole_at(body, "smartlockId");
    const auto state = body.find("state");
    if (!lock || state == body.end() || !state->is_object()) return nullptr;
    const bool is_keypad = sdk::flag_at(*state, "keypadBatteryCritical");
    if (!is_keypad && !sdk::flag_at(*state, "batteryCritical")) return nullptr;
    const std::string now = sdk::format_time(now_ms);
    // Nuki sends the whole state at each change and gives it no id: once a day will do.
    return {{"id", "battery-" + std::to_string(*lock) + (is_keypad ? "-keypad-" : "-") +
                       now.substr(0, kDateBytes)},
            {"kind", "low_battery"},
            {"target", target_of(*lock)},
            {"reason", is_keypad ? "keypad" : "lock"},
            {"occurred_at", now}};
}

Json changed_code(const Json& body, std::int64_t now_ms) {
    const auto found = body.find("smartlockAuth");
    if (found == body.end() || !found->is_object()) return nullptr;
    const auto lock = sdk::whole_at(*found, "smartlockId");
    const std::string id = sdk::text_at(*found, "id");
    if (!lock || id.empty()) return nullptr;
    std::string at = sdk::text_at(*found, "updateDate");
    if (!sdk::parse_time(at)) at = sdk::format_time(now_ms);
    const bool is_deleted = sdk::flag_at(body, "deleted");
    return {{"id", "auth-" + id.substr(0, kAuthIdDigits) + (is_deleted ? "-deleted-" : "-") + at},
            {"kind", "grant_changed"},
            {"target", target_of(*lock)},
            {"person_reference", id.substr(0, kAuthIdDigits)},
            {"reason", is_deleted ? "deleted" : "changed"},
            {"occurred_at", at}};
}

}  // namespace

Json event_of_log(const Json& entry) {
    if (!entry.is_object()) return nullptr;
    const auto lock = sdk::whole_at(entry, "smartlockId");
    const std::string id = sdk::text_at(entry, "id");
    const std::string at = sdk::text_at(entry, "date");
    if (!lock || id.empty() || id.size() > 200 || !sdk::parse_time(at)) return nullptr;
    const std::int64_t state = sdk::whole_at(entry, "state").value_or(kSuccess);
    const bool is_refused =
        state == kInvalidCode || state == kInvalidFingerprint || state == kInvalidTag;
    const bool is_success = state == kSuccess;
    return {{"id", id},
            {"kind", is_refused ? "denied" : kind_of(sdk::whole_at(entry, "action").value_or(0))},
            {"target", target_of(*lock)},
            {"person_reference", reference_of(entry, *lock)},
            {"success", is_success},
            {"reason", is_success ? Json() : Json(reason_of(state))},
            {"occurred_at", at}};
}

Json events_of_webhook(std::string_view body, std::int64_t now_ms) {
    Json events = Json::array();
    const Json document = sdk::read_json(body);
    if (!document.is_object()) return events;
    const std::string feature = sdk::text_at(document, "feature");
    Json event;
    if (feature == "DEVICE_LOGS") {
        const auto entry = document.find("smartlockLog");
        if (entry != document.end()) event = event_of_log(*entry);
    } else if (feature == "DEVICE_STATUS") {
        event = low_battery(document, now_ms);
    } else if (feature == "DEVICE_AUTHS") {
        event = changed_code(document, now_ms);
    }
    if (!event.is_null()) events.push_back(std::move(event));
    return events;
}

}  // namespace gatehouse::nuki
