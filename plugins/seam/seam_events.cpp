#include "seam_events.hpp"

#include <array>
#include <string>
#include <string_view>

#include "gatehouse/sdk/utc_time.hpp"

namespace gatehouse::seam {
namespace {

using sdk::Json;

constexpr std::size_t kMaxBytes = 100;

struct Meaning {
    std::string_view type;
    const char* kind;
    bool is_success;
};

constexpr std::array<Meaning, 15> kMeanings{{
    {"lock.unlocked", "unlock", true},
    {"lock.locked", "lock", true},
    {"lock.access_denied", "denied", false},
    {"device.low_battery", "low_battery", true},
    {"device.tampered", "tamper", true},
    {"access_code.changed", "grant_changed", true},
    {"access_code.deleted", "grant_changed", true},
    {"access_code.set_on_device", "grant_changed", true},
    {"access_code.removed_from_device", "grant_changed", true},
    {"access_code.deleted_external_to_seam", "grant_changed", true},
    {"access_code.modified_external_to_seam", "credential_changed", true},
    {"access_code.failed_to_set_on_device", "grant_changed", false},
    {"access_code.failed_to_remove_from_device", "grant_changed", false},
    {"access_code.delay_in_setting_on_device", "grant_changed", false},
    {"access_code.delay_in_removing_from_device", "grant_changed", false},
}};

const Meaning* meaning_of(const std::string& type) {
    for (const Meaning& one : kMeanings) {
        if (one.type == type) return &one;
    }
    return nullptr;
}

Json short_text(const Json& event, const char* member) {
    const std::string text = sdk::text_at(event, member);
    return text.empty() || text.size() > kMaxBytes ? Json() : Json(text);
}

// How the door was opened, or for a failure what failed: never the code.
Json reason_of(const Json& event, const Meaning& meaning) {
    const std::string type(meaning.type);
    if (type.starts_with("lock.")) return short_text(event, "method");
    return meaning.is_success ? Json() : Json(type.substr(type.find('.') + 1));
}

}  // namespace

Json to_event(const Json& event) {
    if (!event.is_object()) return nullptr;
    const Meaning* meaning = meaning_of(sdk::text_at(event, "event_type"));
    const Json id = short_text(event, "event_id");
    std::string at = sdk::text_at(event, "occurred_at", sdk::text_at(event, "created_at"));
    if (meaning == nullptr || id.is_null() || !sdk::parse_time(at)) return nullptr;
    const Json device = short_text(event, "device_id");
    return {{"id", id},
            {"kind", meaning->kind},
            {"target", device.is_null() ? Json() : Json("device:" + device.get<std::string>())},
            {"person_reference", short_text(event, "access_code_id")},
            {"success", meaning->is_success},
            {"reason", reason_of(event, *meaning)},
            {"occurred_at", at}};
}

}  // namespace gatehouse::seam
