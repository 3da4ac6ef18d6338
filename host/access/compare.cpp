#include "access/compare.hpp"

#include <utility>

#include "access/fields.hpp"
#include "access/pin.hpp"
#include "access/recall.hpp"
#include "base/encoding.hpp"
#include "base/time_zone.hpp"

namespace gatehouse::access {
namespace {

using Kind = Difference::Kind;

// The move-out day that stands behind a window's end.
Result<std::optional<std::string>> remembered_end(const Memory& memory, const SiteRules& rules) {
    if (!memory.desired || !memory.desired->until_ms) {
        return std::optional<std::string>();
    }
    Result<std::string> day = day_at(rules.time_zone, *memory.desired->until_ms - 1);
    if (!day) {
        return tl::unexpected(day.error());
    }
    return std::optional(std::move(*day));
}

Kind kind_of_change(const Recalled& recalled, const Desired& desired) {
    if (desired.state == AccessState::kEnded) {
        return Kind::kEnd;
    }
    if (!recalled.memory.holds_grant) {
        return Kind::kGrant;
    }
    const bool was_suspended = recalled.memory.desired->state == AccessState::kSuspended;
    const bool is_suspended = desired.state == AccessState::kSuspended;
    if (was_suspended == is_suspended) {
        return Kind::kChange;
    }
    return is_suspended ? Kind::kSuspend : Kind::kResume;
}

Difference of_fields(const Facts& facts, const SiteRules& rules, const Recalled& recalled,
                     const Desired& desired) {
    const bool is_ended = desired.state == AccessState::kEnded;
    const FieldChanges changes =
        changes_of(facts, rules.fields,
                   {desired.state == AccessState::kSuspended, describe(recalled.grant, desired),
                    is_ended && rules.pin.has_value()});
    if (changes.empty()) {
        return {};
    }
    return {Kind::kFields, "the custom field " + changes.begin()->first + " differs"};
}

// Whether the PIN's field says something else than the vendor holds. kInvalid: what it says cannot
// be used.
Result<bool> is_pin_different(const config::Business& business, const Facts& facts,
                              const SiteRules& rules, const RentalRecord& record,
                              const PinKey* key) {
    if (!rules.pin || facts.state != "occupied") {
        return false;
    }
    const std::string code = rules.fields + "_pinCode";
    const std::string pin = field_text(facts.rental_fields, code);
    if (pin.empty()) {
        return true;
    }
    if (key == nullptr || key->hash(business.business, facts.site_id, pin) == record.pin_hash) {
        return false;
    }
    if (const std::string fault = fault_in_pin(*rules.pin, pin); !fault.empty()) {
        return fail(ErrorKind::kInvalid, "the PIN in " + code + " cannot be used: " + fault);
    }
    return true;
}

Difference judge(const Facts& facts, const SiteRules& rules, const Recalled& recalled,
                 const Decision& decision, bool has_other_pin) {
    const bool was_ended =
        recalled.memory.desired && recalled.memory.desired->state == AccessState::kEnded;
    if (!decision.desired) {
        return was_ended ? of_fields(facts, rules, recalled, *recalled.memory.desired)
                         : Difference{};
    }
    const Desired& desired = *decision.desired;
    const bool is_in_line = recalled.memory.holds_grant && !recalled.grant.is_pending &&
                            is_same_access(*recalled.memory.desired, desired);
    if (is_in_line && has_other_pin) {
        return {Kind::kChange, "the PIN was changed or cleared"};
    }
    if (is_in_line) {
        return of_fields(facts, rules, recalled, desired);
    }
    return {kind_of_change(recalled, desired), desired.reasons.front()};
}

}  // namespace

std::string_view to_string(Difference::Kind kind) {
    switch (kind) {
        case Kind::kNone:
            return "none";
        case Kind::kGrant:
            return "grant";
        case Kind::kChange:
            return "change";
        case Kind::kSuspend:
            return "suspend";
        case Kind::kResume:
            return "resume";
        case Kind::kEnd:
            return "end";
        case Kind::kFields:
            return "fields";
        case Kind::kLook:
            return "look";
    }
    return "look";
}

Result<Difference> compare(const config::Business& business, const plugins::PluginHost& plugins,
                           const Facts& listed, const std::optional<RentalRecord>& record,
                           UnixMs now_ms, const PinKey* pin_key) {
    const std::optional<SiteRules> rules = rules_for(business, plugins, listed);
    const RentalRecord known = record.value_or(RentalRecord{});
    if (!rules) {
        return known.grant_json.empty()
                   ? Difference{}
                   : Difference{Kind::kLook, "holds access at a site that no rule covers"};
    }
    if (!known.site_id.empty() && known.site_id != listed.site_id) {
        return fail(ErrorKind::kUnavailable, "the list places rental " +
                                                 shorten(listed.rental_id, 64) +
                                                 " at another site than before; not trusted");
    }
    const Result<Recalled> recalled = recall(known, *rules);
    if (!recalled) {
        return tl::unexpected(recalled.error());
    }
    Facts facts = listed;
    if (!facts.move_out_job_id.empty() && !facts.end_date && facts.state == "occupied") {
        if (facts.move_out_job_id != known.move_out_job_id) {
            return Difference{Kind::kLook, "a move-out is planned that was not read yet"};
        }
        Result<std::optional<std::string>> end = remembered_end(recalled->memory, *rules);
        if (!end) {
            return tl::unexpected(end.error());
        }
        facts.end_date = std::move(*end);
    }
    const Result<Decision> decision = decide(facts, *rules, recalled->memory, now_ms);
    if (!decision) {
        return tl::unexpected(decision.error());
    }
    const Result<bool> has_other_pin = is_pin_different(business, facts, *rules, known, pin_key);
    Difference difference =
        judge(facts, *rules, *recalled, *decision, has_other_pin.value_or(false));
    // What the vendor lacks comes before what staff mistyped.
    if (!has_other_pin && (difference.kind == Kind::kNone || difference.kind == Kind::kFields)) {
        return tl::unexpected(has_other_pin.error());
    }
    return difference;
}

}  // namespace gatehouse::access
