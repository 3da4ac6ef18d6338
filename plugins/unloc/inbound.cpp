#include "inbound.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "gatehouse/sdk/utc_time.hpp"

namespace gatehouse::unloc {
namespace {

using sdk::Error;
using sdk::Json;

constexpr std::size_t kMaxIdBytes = 100;
constexpr std::size_t kMaxReasonBytes = 100;
constexpr std::int64_t kSecondMs = 1'000;

std::string kind_of(const std::string& action) {
    if (action == "unlocked") return "unlock";
    if (action == "locked") return "lock";
    return "other";  // viewedCode, and what may come
}

// "2026-11-22T08:00:00.123Z".
std::string to_utc(std::int64_t at_ms) {
    std::string text = sdk::format_time(at_ms);
    const std::int64_t ms = at_ms % kSecondMs;
    if (ms <= 0) return text;
    std::string digits = std::to_string(ms);
    digits.insert(0, 3 - digits.size(), '0');
    text.insert(text.size() - 1, "." + digits);
    return text;
}

std::string person_of(const Json& event) {
    const std::string phone = sdk::text_at(event, "appUserId");
    const bool is_phone = phone.size() > 1 && phone.size() <= kMaxIdBytes && phone[0] == '+';
    return is_phone ? phone : std::string();
}

std::string short_text_at(const Json& event, const char* name) {
    const std::string text = sdk::text_at(event, name);
    return text.size() <= kMaxIdBytes ? text : std::string();
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

}  // namespace

Json parse_event(const Json& request) {
    const Json event = sdk::read_json(sdk::text_at(request, "body"));
    const std::string id = sdk::text_at(event, "id");
    const std::string action = sdk::text_at(event, "action");
    const std::string lock = sdk::text_at(event, "lockId");
    const std::optional<std::int64_t> at_ms = sdk::parse_time(sdk::text_at(event, "created"));
    const bool is_event = !id.empty() && id.size() <= kMaxIdBytes && !action.empty() &&
                          lock.size() <= kMaxIdBytes && at_ms;
    if (!is_event) {
        throw Error("the body is no access event of Unloc", {{"body", "id, action or created"}});
    }
    const std::string kind = kind_of(action);
    Json one = {{"id", id},
                {"kind", kind},
                {"target", lock.empty() ? Json() : Json("lock:" + lock)},
                {"target_name", text_or_null(short_text_at(event, "lockName"))},
                {"person", text_or_null(person_of(event))},
                {"person_reference", text_or_null(short_text_at(event, "keyId"))},
                {"success", kind == "other" ? Json() : Json(true)},
                {"reason", kind == "other" ? Json(action.substr(0, kMaxReasonBytes)) : Json()},
                {"occurred_at", to_utc(*at_ms)}};
    Json result = {{"schema", 1}};
    result["events"] = Json::array({std::move(one)});
    return result;
}

}  // namespace gatehouse::unloc
