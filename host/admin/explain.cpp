#include "admin/explain.hpp"

#include "admin/explain_parts.hpp"
#include "admin/views.hpp"
#include "base/json.hpp"

namespace gatehouse::admin {
namespace {

using nlohmann::json;

json desired_view(const json& desired) {
    if (desired.is_null()) return nullptr;
    return {{"state", pick(desired, "state")},     {"targets", pick(desired, "targets")},
            {"from", time_of(desired, "from_ms")}, {"until", time_of(desired, "until_ms")},
            {"renter", renter_of(desired)},        {"overlock", pick(desired, "overlock")},
            {"reasons", pick(desired, "reasons")}};
}

json grant_view(const json& grant) {
    if (grant.is_null()) return nullptr;
    return {{"state", confirmed_of(grant)},
            {"pending", is_pending(grant)},
            {"targets", pick(grant, "targets")},
            {"detail", pick(grant, "detail")},
            {"applied", time_of(grant, "applied_ms")},
            {"references", references_of(grant)}};
}

json names_of(const json& value) {
    json names = json::array();
    if (value.is_object()) {
        for (const auto& item : value.items())
            names.push_back(item.key());
    }
    return names;
}

json rule_view(const RentalStory& story) {
    if (story.rule == nullptr) return nullptr;
    const config::Site& rule = *story.rule;
    return {{"site", rule.site},
            {"access", rule.access},
            {"shared_targets", rule.targets},
            {"overlock_on_overdue", rule.overlock_on_overdue}};
}

// Which link of the chain of precedence (promise P7) the state was decided by.
json decided_by(const json& desired) {
    const std::string state = string_member(desired, "state").value_or("");
    const json overlock = pick(desired, "overlock");
    if (state == "suspended") {
        return bool_member(overlock, "staff").value_or(false) ? "staff overlock" : "debt overlock";
    }
    return state.empty() ? json() : json(state);
}

json events_view(const std::vector<store::Event>& events) {
    json list = json::array();
    for (const store::Event& event : events) {
        list.push_back({{"id", event.id},
                        {"type", event.type},
                        {"state", store::to_string(event.state)},
                        {"received", time_or_null(event.received_ms)}});
    }
    return list;
}

json transfers_view(const std::vector<access::TransferLink>& transfers) {
    json list = json::array();
    for (const access::TransferLink& link : transfers) {
        list.push_back({{"from", link.old_rental_id},
                        {"to", link.new_rental_id},
                        {"job", link.job_id},
                        {"since", time_or_null(link.made_ms)}});
    }
    return list;
}

}  // namespace

json explain_view(const RentalStory& story) {
    const access::RentalRecord record = story.record.value_or(access::RentalRecord{});
    const json desired = wanted_of(record);
    const json grant = document(record.grant_json);
    return {
        {"business", story.business},
        {"rental", story.rental_id},
        {"summary", summary_of(story, desired, grant)},
        {"can_open", open_targets(desired, grant)},
        {"decided_by", decided_by(desired)},
        {"unit", record.unit_id},
        {"unit_name", record.unit_name},
        {"site", record.site_id},
        {"connection", record.connection},
        {"updated", time_or_null(record.updated_ms)},
        {"move_in_job", text_or_null(record.move_in_job_id)},
        {"move_out_job", text_or_null(record.move_out_job_id)},
        {"rule", rule_view(story)},
        {"desired", desired_view(desired)},
        {"grant", grant_view(grant)},
        {"fields_written", names_of(document(record.fields_json))},
        {"fuse_blocked", time_or_null(record.fuse_blocked_ms)},
        {"transfers", transfers_view(story.transfers)},
        {"alerts", alerts_view(story.alerts)},
        {"pending", waiting_view(story.waiting)},
        {"dead_letter", story.dead_letter ? dead_letter_view(*story.dead_letter) : json(nullptr)},
        {"events", events_view(story.events)},
        {"steps", timeline_view(story.steps)}};
}

}  // namespace gatehouse::admin
