#include "access/policy.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"

namespace gatehouse::access {
namespace {

constexpr std::size_t kMaxQuotedBytes = 64;

// A start date has no time zone here, and somewhere on earth its day begins 14 hours before UTC's.
// Too early harms nobody; too late locks a paying renter out.
constexpr std::int64_t kEarliestDayStartMs = 14LL * 3600 * 1000;

enum class Phase { kBefore, kDuring, kAfter, kUnknown };

// Rental states (Storeganise help centre, "How unit rental accounts work"); both spellings of
// cancelled, since only some states were seen in real output.
Phase phase_of(const std::string& state) {
    static constexpr std::array<std::string_view, 2> kBefore{"submitted", "reserved"};
    static constexpr std::array<std::string_view, 4> kAfter{"ended", "canceled", "cancelled",
                                                            "abandoned"};
    if (state == "occupied") {
        return Phase::kDuring;
    }
    if (std::find(kBefore.begin(), kBefore.end(), state) != kBefore.end()) {
        return Phase::kBefore;
    }
    if (std::find(kAfter.begin(), kAfter.end(), state) != kAfter.end()) {
        return Phase::kAfter;
    }
    return Phase::kUnknown;
}

const std::string* field(const CustomFields& fields, const std::string& code) {
    const auto found = fields.find(code);
    return found == fields.end() || !found->second ? nullptr : &*found->second;
}

bool is_target(std::string_view text) {
    const std::size_t colon = text.find(':');
    return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
           text.find_first_of(" \t\r\n") == std::string_view::npos;
}

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
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
            const std::string_view target = trim(rest.substr(0, comma));
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
    const std::string* value = field(facts.rental_fields, rules.fields + "_overlocked");
    const bool is_set = value != nullptr && *value == "true";
    const bool was_written_set = memory.overlocked_field == "true";
    if (is_set != was_written_set) {
        return is_set;
    }
    return is_set && memory.desired && memory.desired->overlock.is_staff;
}

Desired ended(const Facts& facts, const Memory& memory) {
    Desired desired;
    desired.state = AccessState::kEnded;
    desired.renter = facts.renter;
    if (memory.desired) {
        desired.targets = memory.desired->targets;
    }
    desired.reasons.push_back("the rental is " + facts.state);
    return desired;
}

void choose_state(Desired& desired, const Facts& facts, const Memory& memory, UnixMs now_ms) {
    const std::optional<UnixMs> from_ms =
        facts.start_ms ? std::optional(*facts.start_ms - kEarliestDayStartMs) : std::nullopt;
    const bool is_early = from_ms && *from_ms > now_ms;
    const bool was_given_from = memory.desired && memory.desired->from_ms == from_ms;
    // A begin that the vendor already knows stays, past or not: taking it away would be a change.
    if (is_early || was_given_from) {
        desired.from_ms = from_ms;
    }
    if (desired.overlock.is_staff) {
        desired.reasons.emplace_back("overlocked by staff");
    }
    if (desired.overlock.is_debt) {
        desired.reasons.emplace_back("overdue, and the site overlocks on overdue");
    }
    if (desired.overlock.is_staff || desired.overlock.is_debt) {
        desired.state = AccessState::kSuspended;
    } else if (is_early) {
        desired.state = AccessState::kScheduled;
        desired.reasons.push_back("begins on " + format_utc(*facts.start_ms).substr(0, 10));
    } else {
        desired.state = AccessState::kActive;
    }
    desired.reasons.emplace_back("the rental is occupied");
}

}  // namespace

const config::Site* find_site(const std::vector<config::Site>& sites, const std::string& site_id,
                              const std::string& site_code) {
    const config::Site* every = nullptr;
    const config::Site* by_code = nullptr;
    for (const config::Site& site : sites) {
        if (site.site == "*") {
            every = &site;
        } else if (site.site == site_id) {
            return &site;
        } else if (!site_code.empty() && site.site == site_code) {
            by_code = &site;
        }
    }
    return by_code != nullptr ? by_code : every;
}

Result<Decision> decide(const Facts& facts, const SiteRules& rules, const Memory& memory,
                        UnixMs now_ms) {
    switch (phase_of(facts.state)) {
        case Phase::kUnknown:
            return fail(ErrorKind::kConflict, "rental state '" +
                                                  shorten(facts.state, kMaxQuotedBytes) +
                                                  "' is not known: nothing is changed");
        case Phase::kBefore:
            return Decision{std::nullopt,
                            "the rental is " + facts.state + ": access begins with the move-in"};
        case Phase::kAfter:
            if (!memory.holds_grant) {
                return Decision{std::nullopt,
                                "the rental is " + facts.state + " and the vendor holds nothing"};
            }
            return Decision{ended(facts, memory), ""};
        case Phase::kDuring:
            break;
    }
    Result<std::vector<std::string>> targets = targets_of(facts, rules);
    if (!targets) {
        return tl::unexpected(targets.error());
    }
    if (const Result<void> usable = check_renter(facts.renter, rules); !usable) {
        return tl::unexpected(usable.error());
    }
    Desired desired;
    desired.targets = std::move(*targets);
    desired.renter = facts.renter;
    desired.overlock.is_staff = is_staff_overlocked(facts, rules, memory);
    desired.overlock.is_debt = facts.is_overdue && rules.overlock_on_overdue;
    choose_state(desired, facts, memory, now_ms);
    return Decision{std::move(desired), ""};
}

}  // namespace gatehouse::access
