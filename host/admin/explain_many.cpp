#include "admin/explain.hpp"
#include "admin/explain_parts.hpp"
#include "admin/views.hpp"
#include "base/json.hpp"

namespace gatehouse::admin {
namespace {

using nlohmann::json;

bool names_target(const json& targets, const std::string& wanted) {
    for (const json& target : targets) {
        if (string_member(target, "target") == wanted) return true;
    }
    return false;
}

json line_of(const RentalStory& story, const json& desired, const json& grant) {
    const access::RentalRecord& record = *story.record;
    return {{"rental", record.rental_id},
            {"unit", record.unit_id},
            {"unit_name", record.unit_name},
            {"site", record.site_id},
            {"connection", record.connection},
            {"renter", renter_of(desired)},
            {"desired", pick(desired, "state")},
            {"granted", confirmed_of(grant)},
            {"grant_pending", is_pending(grant)},
            {"targets", record.targets},
            {"from", time_of(desired, "from_ms")},
            {"until", time_of(desired, "until_ms")},
            {"reasons", pick(desired, "reasons")},
            {"references", references_of(grant)},
            {"summary", summary_of(story, desired, grant)},
            {"fuse_blocked", time_or_null(record.fuse_blocked_ms)},
            {"alerts", alerts_view(story.alerts)},
            {"pending", waiting_view(story.waiting)},
            {"dead_letter", story.dead_letter ? json(story.dead_letter->id) : json(nullptr)}};
}

std::string summary_of_many(const Asked& asked, std::size_t open, std::size_t all) {
    const std::string what =
        asked.key == access::RentalKey::kTarget
            ? "this target can be opened"
            : "doors of this " + std::string(to_string(asked.key)) + " can be opened";
    const std::string count = open == 0 ? "none" : std::to_string(open);
    return what + " through " + count + " of " + std::to_string(all) + " rentals now";
}

}  // namespace

std::string_view to_string(access::RentalKey key) {
    switch (key) {
        case access::RentalKey::kUnit:
            return "unit";
        case access::RentalKey::kRenter:
            return "renter";
        case access::RentalKey::kSite:
            return "site";
        case access::RentalKey::kTarget:
            return "target";
    }
    return "unknown";
}

json explain_many_view(const Asked& asked, const std::vector<RentalStory>& stories) {
    json can_open = json::array();
    json cannot_open = json::array();
    for (const RentalStory& story : stories) {
        const json desired = wanted_of(*story.record);
        const json grant = document(story.record->grant_json);
        const json open = open_targets(desired, grant);
        const bool is_open =
            asked.key == access::RentalKey::kTarget ? names_target(open, asked.id) : !open.empty();
        json& list = is_open ? can_open : cannot_open;
        list.push_back(line_of(story, desired, grant));
    }
    const std::string summary = summary_of_many(asked, can_open.size(), stories.size());
    return {{"business", asked.business},
            {"kind", to_string(asked.key)},
            {"id", asked.id},
            {"summary", summary},
            {"can_open", std::move(can_open)},
            {"cannot_open", std::move(cannot_open)}};
}

}  // namespace gatehouse::admin
