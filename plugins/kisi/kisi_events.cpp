#include "kisi_events.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace gatehouse::kisi {
namespace {

using sdk::Error;
using sdk::Json;

struct Known {
    std::string_view type;
    std::string_view kind;
};

constexpr std::array kKnown{
    Known{"lock.unlock", "unlock"},
    Known{"lock.locked", "lock"},
    Known{"lock.opened", "opened"},
    Known{"lock.closed", "closed"},
    Known{"lock.forced_open", "forced"},
    Known{"lock.held_open", "held_open"},
    Known{"lock.tailgate", "other"},
    Known{"lock.lock_down", "other"},
    Known{"lock.cancel_lockdown", "other"},
    Known{"reader.tamper", "tamper"},
    Known{"wireless_lock.battery_warning", "low_battery"},
    Known{"role_assignment.create", "grant_changed"},
    Known{"role_assignment.update", "grant_changed"},
    Known{"role_assignment.destroy", "grant_changed"},
    Known{"card.assign", "credential_changed"},
    Known{"card.deassign", "credential_changed"},
    Known{"card.activate", "credential_changed"},
    Known{"card.deactivate", "credential_changed"},
    Known{"group_link.create", "credential_changed"},
    Known{"group_link.destroy", "credential_changed"},
    Known{"integration.warn_due_to_error", "other"},
    Known{"integration.disable_due_to_error", "webhook_disabled"},
};

std::string kind_of(const std::string& type) {
    const auto found = std::ranges::find(kKnown, type, &Known::type);
    return found == kKnown.end() ? "other" : std::string(found->kind);
}

// "7", also for a number.
std::string id_text(const Json& event, const char* key) {
    const auto found = event.find(key);
    if (found == event.end()) return {};
    if (found->is_number_integer()) return found->dump();
    return found->is_string() ? found->get<std::string>() : std::string();
}

// "wireless_lock:7" of {"object_type": "WirelessLock", "object_id": 7}; null for what is no device.
Json target_of(const Json& event, const std::string& type) {
    const std::string id = id_text(event, "object_id");
    const bool is_device = type.starts_with("lock.") || type.starts_with("reader.") ||
                           type.starts_with("wireless_lock.");
    if (!is_device || id.empty()) return nullptr;
    std::string kind;
    for (const char c : sdk::text_at(event, "object_type", "Lock")) {
        const bool is_upper = c >= 'A' && c <= 'Z';
        if (is_upper && !kind.empty()) kind += '_';
        kind += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return kind + ":" + id;
}

std::string event_id(const Json& event) {
    std::string id = sdk::text_at(event, "uuid");
    return id.empty() ? id_text(event, "id") : id;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json() : Json(text.substr(0, 200));
}

std::string reason_of(const Json& event, const std::string& type, const std::string& kind) {
    std::string reason = sdk::text_at(event, "error_code");
    if (reason.empty()) reason = sdk::text_at(event, "error_message");
    return reason.empty() && kind == "other" ? type : reason;
}

}  // namespace

bool is_event(const Json& event) {
    return event.is_object() && !sdk::text_at(event, "type").empty() && !event_id(event).empty();
}

Json to_access_event(const Json& event) {
    if (!is_event(event)) {
        throw Error("this is no event of Kisi: it has no uuid or no type", {{"body", "no event"}});
    }
    const std::string type = sdk::text_at(event, "type");
    const std::string kind = kind_of(type);
    const std::string email = sdk::text_at(event, "actor_email");
    Json read = {
        {"id", event_id(event).substr(0, 200)},
        {"kind", kind},
        {"target", target_of(event, type)},
        {"target_name", text_or_null(sdk::text_at(event, "object_name"))},
        {"person", text_or_null(email.empty() ? sdk::text_at(event, "actor_name") : email)},
        {"person_reference", nullptr},
        {"success", nullptr},
        {"reason", text_or_null(reason_of(event, type, kind))},
        {"occurred_at", sdk::text_at(event, "created_at").substr(0, 40)}};
    const auto success = event.find("success");
    if (success != event.end() && success->is_boolean()) read["success"] = *success;
    // A battery warning that succeeded is still a warning.
    if (kind == "low_battery") read["success"] = nullptr;
    const auto actor = event.find("actor_id");
    const bool is_user = sdk::text_at(event, "actor_type") == "User";
    if (is_user && actor != event.end() && actor->is_number_integer()) {
        read["person_reference"] = {{"user_id", *actor}};
    }
    return read;
}

const std::vector<std::string>& event_types() {
    static const std::vector<std::string> types = [] {
        std::vector<std::string> all;
        all.reserve(std::size(kKnown));
        for (const Known& known : kKnown) {
            all.emplace_back(known.type);
        }
        return all;
    }();
    return types;
}

}  // namespace gatehouse::kisi
