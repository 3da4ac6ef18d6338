#include "admin/explain.hpp"

#include "admin/views.hpp"
#include "base/json.hpp"

namespace gatehouse::admin {
namespace {

using nlohmann::json;

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

json names_of(const json& value) {
    json names = json::array();
    if (value.is_object()) {
        for (const auto& item : value.items())
            names.push_back(item.key());
    }
    return names;
}

json renter_of(const json& desired) {
    const json renter = pick(desired, "renter");
    return {{"id", pick(renter, "id")},
            {"name", pick(renter, "name")},
            {"email", pick(renter, "email")}};
}

json desired_view(const json& desired) {
    if (desired.is_null()) return nullptr;
    return {{"state", pick(desired, "state")},     {"targets", pick(desired, "targets")},
            {"from", time_of(desired, "from_ms")}, {"until", time_of(desired, "until_ms")},
            {"renter", renter_of(desired)},        {"overlock", pick(desired, "overlock")},
            {"reasons", pick(desired, "reasons")}};
}

json grant_view(const json& grant) {
    if (grant.is_null()) return nullptr;
    return {{"state", pick(grant, "state")},
            {"pending", pick(grant, "pending")},
            {"targets", pick(grant, "targets")},
            {"detail", pick(grant, "detail")},
            {"applied", time_of(grant, "applied_ms")},
            {"references", names_of(pick(grant, "references"))}};
}

json waiting_view(const std::optional<store::Store::Waiting>& waiting) {
    if (!waiting) return nullptr;
    return {{"due", time_or_null(waiting->due_ms)},
            {"attempts", waiting->attempts},
            {"working", waiting->is_leased},
            {"last_error", waiting->last_error}};
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

std::string held(const json& grant) {
    const std::string state = string_member(grant, "state").value_or("");
    if (state.empty() || state == "ended") return "nobody may open anything through this rental";
    std::string text = state == "active"      ? "the renter may open "
                       : state == "scheduled" ? "the renter will be able to open "
                                              : "the renter is locked out of ";
    const std::string names = target_names(grant);
    return text + (names.empty() ? "nothing" : names);
}

// The whole state in one sentence.
std::string summary(const RentalStory& story, const json& desired, const json& grant) {
    if (!story.record) return "Gatehouse has not looked at this rental yet";
    std::string text = held(grant) + first_reason(desired);
    const std::string wanted = string_member(desired, "state").value_or("");
    const std::string state = string_member(grant, "state").value_or("ended");
    if (bool_member(grant, "pending").value_or(false)) {
        text += "; the vendor has accepted this but not done it yet";
    } else if (!wanted.empty() && wanted != state) {
        text += "; it should be " + wanted;
    }
    if (story.dead_letter) {
        text += "; given up, a person must look: " + story.dead_letter->error.message;
    } else if (story.waiting && !story.waiting->last_error.empty()) {
        text += "; tried again at " + format_utc(story.waiting->due_ms);
    }
    return text;
}

}  // namespace

json explain_view(const RentalStory& story) {
    const access::RentalRecord record = story.record.value_or(access::RentalRecord{});
    const json desired = document(record.desired_json);
    const json grant = document(record.grant_json);
    return {
        {"business", story.business},
        {"rental", story.rental_id},
        {"summary", summary(story, desired, grant)},
        {"unit", record.unit_id},
        {"unit_name", record.unit_name},
        {"site", record.site_id},
        {"connection", record.connection},
        {"updated", time_or_null(record.updated_ms)},
        {"desired", desired_view(desired)},
        {"grant", grant_view(grant)},
        {"fields_written", names_of(document(record.fields_json))},
        {"pending", waiting_view(story.waiting)},
        {"dead_letter", story.dead_letter ? dead_letter_view(*story.dead_letter) : json(nullptr)},
        {"steps", timeline_view(story.steps)}};
}

}  // namespace gatehouse::admin
