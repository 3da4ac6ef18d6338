#include "dispatch/event_types.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::dispatch {
namespace {

using enum EventSubject;

constexpr std::array<EventRule, 11> kRules{{
    {"job.unit_moveIn.completed", kJob, Priority::kUrgent, true, kSaysMovedIn},
    {"job.unit_moveOut.completed", kJob, Priority::kUrgent, true, kSaysOver},
    {"job.unit_moveOut.created", kJob, Priority::kUrgent, false, kSaysLeaving},
    {"job.unit_moveOut.cancelled", kJob, Priority::kUrgent, false, kSaysStaying},
    {"job.unit_transfer.completed", kJob, Priority::kUrgent, true},
    {"unitRental.updated", kRental, Priority::kUrgent},
    // Thousands come at once, at the hour at which debts are counted.
    {"unitRental.markOverdue", kRental, Priority::kNormal, false, kSaysOverdue},
    {"unitRental.unmarkOverdue", kRental, Priority::kUrgent, false, kSaysPaid},
    {"unit.updated", kUnit, Priority::kNormal},
    {"user.updated", kRenter, Priority::kNormal},
    {"site.settings.updated", kSite, Priority::kNormal},
}};

}  // namespace

const EventRule* event_rule(std::string_view event_type) {
    const auto* found = std::ranges::find(kRules, event_type, &EventRule::type);
    return found == kRules.end() ? nullptr : found;
}

bool asks_for_a_look(std::string_view event_type) {
    return event_rule(event_type) != nullptr;
}

Priority priority_of(std::string_view event_type) {
    const EventRule* rule = event_rule(event_type);
    return rule == nullptr ? Priority::kNormal : rule->priority;
}

}  // namespace gatehouse::dispatch
