#include "admin/explain_parts.hpp"

#include "access/grant.hpp"
#include "admin/views.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::admin {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxReferences = 32;
constexpr std::size_t kMaxReferenceBytes = 64;

json short_value(const json& value) {
    if (value.is_string()) return shorten(value.get<std::string>(), kMaxReferenceBytes);
    if (value.is_number() || value.is_boolean()) return value;
    return nullptr;
}

json short_list(const json& values) {
    json list = json::array();
    for (const json& value : values) {
        if (list.size() == kMaxReferences) break;
        list.push_back(short_value(value));
    }
    return list;
}

json short_map(const json& values) {
    json map = json::object();
    for (const auto& item : values.items()) {
        if (map.size() == kMaxReferences) break;
        map[shorten(item.key(), kMaxReferenceBytes)] = short_value(item.value());
    }
    return map;
}

json short_reference(const json& value) {
    if (value.is_array()) return short_list(value);
    return value.is_object() ? short_map(value) : short_value(value);
}

std::string first_reason(const json& desired) {
    const json reasons = pick(desired, "reasons");
    if (!reasons.is_array() || reasons.empty() || !reasons.front().is_string()) return "";
    return " (" + reasons.front().get<std::string>() + ")";
}

std::string target_names(const json& grant) {
    std::string names;
    const json targets = pick(grant, "targets");
    if (!targets.is_array()) return names;
    for (const json& target : targets) {
        if (!names.empty()) names += ", ";
        names += string_member(target, "target").value_or("?");
        const std::string name = string_member(target, "name").value_or("");
        if (!name.empty()) names += " (" + name + ")";
    }
    return names;
}

std::string wanted_targets(const json& desired) {
    std::string names;
    const json targets = pick(desired, "targets");
    if (!targets.is_array()) return names;
    for (const json& target : targets) {
        if (!target.is_string()) continue;
        names += (names.empty() ? "" : ", ") + target.get<std::string>();
    }
    return names;
}

// A vendor that holds nothing for a rental names nothing.
std::string names_of(const json& desired, const json& grant) {
    std::string names = target_names(grant);
    if (names.empty()) names = wanted_targets(desired);
    return names.empty() ? "nothing" : names;
}

std::string held(const json& desired, const json& grant) {
    const std::string state = string_member(grant, "state").value_or("");
    if (state.empty() || state == "ended") return "nobody may open anything through this rental";
    const std::string text = state == "active"      ? "the renter may open "
                             : state == "scheduled" ? "the renter will be able to open "
                                                    : "the renter is locked out of ";
    return text + names_of(desired, grant);
}

// What was accepted and is not confirmed: nothing of it is said as if it were so already.
std::string being_done(const json& desired, const json& grant) {
    const std::string state = string_member(grant, "state").value_or("");
    if (state == "active" || state == "scheduled") {
        return "the renter will be able to open " + names_of(desired, grant);
    }
    if (state == "suspended") {
        return "the renter is being locked out of " + names_of(desired, grant);
    }
    return "the renter's access is being ended";
}

// What the vendor held before the calls that failed.
std::string held_still(const json& grant) {
    const json state = confirmed_of(grant);
    const std::string names = target_names(grant);
    if (state == "suspended") return "the renter is locked out";
    if (state.is_null() || state == "ended" || names.empty()) return "the renter may open nothing";
    return (state == "active" ? "the renter may still open "
                              : "the renter will still be able to open ") +
           names;
}

// What stands in the way of what should be.
std::string trouble(const RentalStory& story) {
    std::string text;
    if (story.record && story.record->fuse_blocked_ms != 0) {
        text += "; its end waits for a person since " + format_utc(story.record->fuse_blocked_ms) +
                " (gatehouse fuse)";
    }
    if (!story.transfers.empty()) text += "; a transfer is under way";
    if (story.dead_letter) {
        text += "; given up, a person must look: " + story.dead_letter->error.message;
    } else if (story.waiting && !story.waiting->last_error.empty()) {
        text += "; tried again at " + format_utc(story.waiting->due_ms);
    }
    return text;
}

}  // namespace

json document(const std::string& text) {
    auto parsed = parse_json(text);
    return parsed && parsed->is_object() ? std::move(*parsed) : json();
}

json pick(const json& value, std::string_view key) {
    const json* found = member(value, key);
    return found == nullptr ? json() : *found;
}

json time_of(const json& value, std::string_view key) {
    const auto at_ms = int_member(value, key);
    return at_ms ? time_or_null(*at_ms) : json();
}

json text_or_null(const std::string& text) {
    return text.empty() ? json() : json(text);
}

json renter_of(const json& desired) {
    const json renter = pick(desired, "renter");
    return {{"id", pick(renter, "id")},
            {"name", pick(renter, "name")},
            {"email", pick(renter, "email")}};
}

json confirmed_of(const json& grant) {
    const auto state = access::confirmed_state(grant);
    return state ? json(access::to_string(*state)) : json();
}

bool is_pending(const json& grant) {
    return bool_member(grant, "pending").value_or(false);
}

json references_of(const json& grant) {
    json shown = json::object();
    const json references = pick(grant, "references");
    if (!references.is_object()) return shown;
    for (const auto& item : references.items()) {
        if (shown.size() == kMaxReferences) break;
        const std::string name = shorten(item.key(), kMaxReferenceBytes);
        shown[name] = short_reference(item.value());
    }
    return shown;
}

json waiting_view(const std::optional<store::Store::Waiting>& waiting) {
    if (!waiting) return nullptr;
    return {{"due", time_or_null(waiting->due_ms)},
            {"attempts", waiting->attempts},
            {"working", waiting->is_leased},
            {"last_error", waiting->last_error}};
}

json alerts_view(const std::vector<dispatch::AlertRecord>& alerts) {
    json list = json::array();
    for (const dispatch::AlertRecord& alert : alerts) {
        list.push_back({{"subject", alert.subject},
                        {"text", alert.text},
                        {"raised", time_or_null(alert.raised_ms)},
                        {"task", text_or_null(alert.job_id)}});
    }
    return list;
}

json open_targets(const json& desired, const json& grant) {
    const std::string state = string_member(grant, "state").value_or("");
    const bool has_failed = pick(grant, "attempted").is_object();
    const bool is_active = (has_failed ? confirmed_of(grant) : json(state)) == "active";
    const bool may_open =
        is_pending(grant) && !has_failed ? !is_active && state != "scheduled" : is_active;
    if (!may_open || state.empty()) return json::array();
    json open = pick(grant, "targets");
    if (!open.is_array()) open = json::array();
    if (!open.empty() || (is_active && !has_failed)) return open;
    // Of what is being shut the vendor may tell nothing any more.
    const json targets = pick(desired, "targets");
    if (!targets.is_array()) return open;
    for (const json& target : targets) {
        open.push_back({{"target", target}, {"name", ""}});
    }
    return open;
}

std::string summary_of(const RentalStory& story, const json& desired, const json& grant) {
    if (!story.record) return "Gatehouse has not looked at this rental yet" + trouble(story);
    const std::string wanted = string_member(desired, "state").value_or("");
    const std::string state = string_member(grant, "state").value_or("ended");
    if (pick(grant, "attempted").is_object()) {
        return held_still(grant) + "; it should be " + wanted + first_reason(desired) +
               ", which has not worked yet" + trouble(story);
    }
    if (is_pending(grant)) {
        const bool is_open = !open_targets(desired, grant).empty();
        return being_done(desired, grant) + first_reason(desired) +
               "; the vendor has accepted this, it is not confirmed yet" +
               (is_open ? ": the doors may still open" : "") + trouble(story);
    }
    std::string text = held(desired, grant) + first_reason(desired);
    if (!wanted.empty() && wanted != state) text += "; it should be " + wanted;
    return text + trouble(story);
}

}  // namespace gatehouse::admin
