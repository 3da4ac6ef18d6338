#include "access/policy.hpp"

#include <algorithm>

#include "access/fields.hpp"
#include "access/rental_state.hpp"
#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/time_zone.hpp"

namespace gatehouse::access {
namespace {

constexpr std::size_t kMaxQuotedBytes = 64;

const std::string* field(const CustomFields& fields, const std::string& code) {
    const auto found = fields.find(code);
    return found == fields.end() || !found->second ? nullptr : &*found->second;
}

bool is_target(std::string_view text) {
    const std::size_t colon = text.find(':');
    return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
           !has_unseen(text);
}

void add_target(std::vector<std::string>& targets, std::string_view target) {
    if (std::find(targets.begin(), targets.end(), target) == targets.end()) {
        targets.emplace_back(target);
    }
}

// The unit's own targets first, then the site's shared ones.
Result<std::vector<std::string>> targets_of(const Facts& facts, const SiteRules& rules) {
    const std::string code = rules.fields + "_id";
    std::vector<std::string> targets;
    if (const std::string* own = field(facts.unit_fields, code)) {
        std::string_view rest = *own;
        while (!rest.empty()) {
            const std::size_t comma = std::min(rest.find(','), rest.size());
            const std::string_view target = trim_unseen(rest.substr(0, comma));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
            if (target.empty()) {
                continue;
            }
            if (!is_target(target)) {
                return fail(ErrorKind::kInvalid,
                            "unit " + shorten(facts.unit_name, kMaxQuotedBytes) + ": '" +
                                shorten(target, kMaxQuotedBytes) + "' in the field " + code +
                                " is not a target; targets are kind:id, as group:4711");
            }
            add_target(targets, target);
        }
    }
    for (const std::string& shared : rules.shared_targets) {
        add_target(targets, shared);
    }
    if (targets.empty()) {
        return fail(ErrorKind::kNotFound, "unit " + shorten(facts.unit_name, kMaxQuotedBytes) +
                                              " has no target: fill in its field " + code);
    }
    return targets;
}

Result<void> check_renter(const Renter& renter, const SiteRules& rules) {
    for (const std::string& key : rules.renter_key) {
        const std::string& value = key == "phone" ? renter.phone : renter.email;
        if (value.empty()) {
            return fail(ErrorKind::kInvalid, "renter " + shorten(renter.name, kMaxQuotedBytes) +
                                                 " has no " + (key == "phone" ? key : "e-mail") +
                                                 "; plugin " + rules.plugin + " needs one");
        }
    }
    return {};
}

// The field belongs to staff and to us: a value that differs from what we last wrote is staff's
// word.
bool is_staff_overlocked(const Facts& facts, const SiteRules& rules, const Memory& memory) {
    const bool is_set = is_ticked(facts.rental_fields, rules.fields + "_overlocked");
    const bool was_written_set = memory.overlocked_field == "true";
    if (is_set != was_written_set) {
        return is_set;
    }
    return is_set && memory.desired && memory.desired->overlock.is_staff;
}

// The moments between which the rental's dates allow access; nothing = open.
struct Window {
    std::optional<UnixMs> from_ms;
    std::optional<UnixMs> until_ms;

    bool is_over(UnixMs now_ms) const {
        return until_ms && (*until_ms <= now_ms || (from_ms && *until_ms <= *from_ms));
    }
    bool is_early(UnixMs now_ms) const { return from_ms && *from_ms > now_ms; }
};

tl::unexpected<Error> no_day(const std::string& what, const std::string& day) {
    return fail(ErrorKind::kUnavailable,
                "the " + what + " '" + shorten(day, kMaxQuotedBytes) + "' is no day");
}

Result<Window> window_of(const Facts& facts, const SiteRules& rules) {
    Window window;
    if (facts.start_date) {
        const Result<UnixMs> from_ms = day_begin_ms(rules.time_zone, *facts.start_date);
        if (!from_ms) return no_day("start date", *facts.start_date);
        window.from_ms = *from_ms;
    }
    if (facts.end_date) {
        const Result<UnixMs> until_ms = day_end_ms(rules.time_zone, *facts.end_date);
        if (!until_ms) return no_day("move-out date", *facts.end_date);
        window.until_ms = *until_ms;
    }
    return window;
}

Decision end(const Facts& facts, const SiteRules& rules, const Memory& memory,
             const std::string& reason) {
    if (!memory.holds_grant) {
        return Decision{std::nullopt, reason + " and the vendor holds nothing"};
    }
    Desired desired;
    desired.state = AccessState::kEnded;
    desired.site_code = facts.site_code;
    desired.renter = facts.renter;
    if (memory.desired) {
        desired.targets = memory.desired->targets;
        desired.overlock = memory.desired->overlock;
    }
    // Kept for a transfer that is heard of later.
    desired.overlock.is_staff = is_staff_overlocked(facts, rules, memory);
    desired.reasons.push_back(reason);
    return Decision{std::move(desired), ""};
}

void choose_state(Desired& desired, const Facts& facts, const Window& window, const Memory& memory,
                  UnixMs now_ms) {
    const bool was_given_from =
        memory.desired && window.from_ms && memory.desired->from_ms == window.from_ms;
    // A begin that the vendor already knows stays, past or not: taking it away would be a change.
    if (window.is_early(now_ms) || was_given_from) {
        desired.from_ms = window.from_ms;
    }
    desired.until_ms = window.until_ms;
    if (desired.overlock.is_staff) {
        desired.reasons.emplace_back("overlocked by staff");
    }
    if (desired.overlock.is_debt) {
        desired.reasons.emplace_back("overdue, and the site overlocks on overdue");
    }
    if (desired.overlock.is_staff || desired.overlock.is_debt) {
        desired.state = AccessState::kSuspended;
    } else if (window.is_early(now_ms)) {
        desired.state = AccessState::kScheduled;
        desired.reasons.push_back("begins on " + *facts.start_date);
    } else {
        desired.state = AccessState::kActive;
    }
    desired.reasons.emplace_back("the rental is occupied");
    if (facts.end_date) {
        desired.reasons.push_back("moves out on " + *facts.end_date);
    }
}

// Which doors, and whose. To shut a door no new one need be known.
Result<void> name_doors(Desired& desired, const Facts& facts, const SiteRules& rules,
                        const Memory& memory) {
    Result<std::vector<std::string>> targets = targets_of(facts, rules);
    const Result<void> usable = check_renter(facts.renter, rules);
    if (targets && usable) {
        desired.targets = std::move(*targets);
        desired.renter = facts.renter;
        return {};
    }
    const bool must_shut = desired.overlock.is_staff || desired.overlock.is_debt;
    if (must_shut && memory.holds_grant && memory.desired) {
        desired.targets = memory.desired->targets;
        desired.renter = memory.desired->renter;
        return {};
    }
    return targets ? usable : tl::unexpected(targets.error());
}

Result<Decision> decide_occupied(const Facts& facts, const SiteRules& rules, const Memory& memory,
                                 UnixMs now_ms) {
    const Result<Window> window = window_of(facts, rules);
    if (!window) {
        return tl::unexpected(window.error());
    }
    if (window->is_over(now_ms)) {
        Decision decision = end(facts, rules, memory, "moved out on " + *facts.end_date);
        if (decision.desired) {
            decision.desired->until_ms = window->until_ms;
        }
        return decision;
    }
    Desired desired;
    desired.site_code = facts.site_code;
    desired.overlock.is_staff = is_staff_overlocked(facts, rules, memory);
    desired.overlock.is_debt = facts.is_overdue && rules.overlock_on_overdue;
    if (Result<void> named = name_doors(desired, facts, rules, memory); !named) {
        return tl::unexpected(named.error());
    }
    choose_state(desired, facts, *window, memory, now_ms);
    const bool is_scheduled = desired.state == AccessState::kScheduled;
    return Decision{std::move(desired), "", is_scheduled ? window->from_ms : window->until_ms};
}

}  // namespace

Result<Decision> decide(const Facts& facts, const SiteRules& rules, const Memory& memory,
                        UnixMs now_ms) {
    switch (phase_of(facts.state)) {
        case RentalPhase::kUnknown:
            break;
        case RentalPhase::kBefore:
            // A move-in that was undone: what it gave is no longer due.
            if (memory.holds_grant && facts.state == kPreCompleted) {
                break;
            }
            if (memory.holds_grant) {
                return end(facts, rules, memory, "the rental is " + facts.state + " again");
            }
            return Decision{std::nullopt,
                            "the rental is " + facts.state + ": access begins with the move-in"};
        case RentalPhase::kAfter:
            return end(facts, rules, memory, "the rental is " + facts.state);
        case RentalPhase::kDuring:
            return decide_occupied(facts, rules, memory, now_ms);
    }
    const bool is_known = phase_of(facts.state) != RentalPhase::kUnknown;
    return fail(ErrorKind::kConflict,
                "rental state '" + shorten(facts.state, kMaxQuotedBytes) + "' is not known" +
                    (is_known ? " of a rental that has access" : "") + ": nothing is changed");
}

}  // namespace gatehouse::access
