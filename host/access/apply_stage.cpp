#include <utility>

#include "access/attempt.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "plugins/scrub.hpp"

namespace gatehouse::access {
namespace {

using nlohmann::json;
using observe::StepKind;

constexpr int kMaxOtherPins = 3;  // in one look

json credential_of(const Attempt& attempt) {
    if (!attempt.pin) {
        return nullptr;
    }
    return {{"kind", "pin"}, {"value", attempt.pin->reveal()}};
}

json apply_document(const Attempt& attempt, const Desired& desired, const json& references) {
    const auto time = [](const std::optional<UnixMs>& at_ms) {
        return at_ms ? json(format_utc(*at_ms)) : json(nullptr);
    };
    const Facts& facts = attempt.facts;
    return json{
        {"schema", 1},
        {"rental",
         {{"id", facts.rental_id},
          {"unit_id", facts.unit_id},
          {"unit_name", facts.unit_name},
          {"site_id", facts.site_id},
          {"business", attempt.business.business}}},
        {"renter", renter_to_json(desired.renter)},
        {"state", to_string(desired.state)},
        {"targets", desired.targets},
        {"window", {{"from", time(desired.from_ms)}, {"until", time(desired.until_ms)}}},
        {"credential", credential_of(attempt)},
        {"references", references},
        {"reasons", desired.reasons},
    };
}

}  // namespace

Result<Grant> ask_vendor(Attempt& attempt, const Desired& desired, const std::string& connection,
                         const json& references) {
    plugins::Call call;
    call.business = attempt.business.business;
    call.connection = connection;
    call.function = "access.apply";
    call.document = dump_json(apply_document(attempt, desired, references));
    call.steps = &attempt.steps;
    call.renter = desired.renter.id;
    call.secrets = attempt.untold;
    if (attempt.pin) {
        call.secrets.push_back(*attempt.pin);
    }
    const Result<std::string> answer = attempt.parts.plugins.call(call);
    if (!answer) {
        return tl::unexpected(answer.error());
    }
    Result<Grant> grant = grant_from_result(*answer, desired, attempt.parts.clock.now_ms());
    if (!grant) {
        return grant;
    }
    if (attempt.pin && plugins::holds_secret(grant->references, *attempt.pin)) {
        return fail(ErrorKind::kInternal, "the plugin's references hold the PIN");
    }
    grant->detail = plugins::scrub(std::move(grant->detail), call.secrets);
    for (GrantedTarget& target : grant->targets) {
        target.name = plugins::scrub(std::move(target.name), call.secrets);
    }
    return grant;
}

namespace {

Result<Grant> call_plugin(Attempt& attempt, const Desired& desired) {
    return ask_vendor(attempt, desired, attempt.rules.connection,
                      attempt.memory.holds_grant ? attempt.grant.references : json::object());
}

void store_grant(Attempt& attempt, const Desired& desired) {
    RentalRecord& record = attempt.record;
    attempt.is_changed = true;
    record.connection = attempt.rules.connection;
    record.targets = desired.targets;
    record.desired_json = desired_to_json(desired);
    const bool is_end = desired.state == AccessState::kEnded;
    const bool holds_nothing = is_end && !attempt.grant.is_pending;
    record.grant_json = holds_nothing ? "" : grant_to_json(attempt.grant);
    if (holds_nothing) {
        forget_pin(attempt);
    } else if (attempt.pin) {
        record.pin_hash = attempt.pin_hash;
    }
}

// A call that failed may have done a part of its work: until one succeeds, what the vendor holds is
// not what was remembered, and an end must not take it for nothing.
void store_doubt(Attempt& attempt, const Desired& desired, ErrorKind why) {
    RentalRecord& record = attempt.record;
    const bool was_refused = why == ErrorKind::kConflict || why == ErrorKind::kInvalid;
    if (attempt.pin && record.pin_hash.empty() && !was_refused) {
        record.pin_hash = attempt.pin_hash;  // the vendor may have it: nobody else may get it
    }
    if (!attempt.memory.holds_grant) {
        attempt.grant = Grant{};
        attempt.grant.state = desired.state;
        record.connection = attempt.rules.connection;
        record.targets = desired.targets;
        record.desired_json = desired_to_json(desired);
    }
    attempt.grant.is_pending = true;
    attempt.grant.attempted = parse_json(desired_to_json(desired)).value_or(json());
    std::string grant_json = grant_to_json(attempt.grant);
    attempt.is_changed = attempt.is_changed || record.grant_json != grant_json;
    record.grant_json = std::move(grant_json);
}

// What a call left behind that did not live to give its references can only be found by whom it was
// for: once the renter is known otherwise, nobody would look there again.
Result<void> end_for_former_renter(Attempt& attempt, const Desired& desired) {
    const bool is_in_doubt =
        attempt.memory.holds_grant && attempt.grant.is_pending && attempt.grant.references.empty();
    if (!is_in_doubt || attempt.memory.desired->renter == desired.renter) {
        return {};
    }
    Desired former = *attempt.memory.desired;
    former.state = AccessState::kEnded;
    const Result<Grant> ended = call_plugin(attempt, former);
    return ended ? Result<void>{} : tl::unexpected(ended.error());
}

// The same access for other reasons: whose overlock it is decides what a later payment means.
void store_causes(Attempt& attempt, const Desired& desired) {
    const Desired& known = *attempt.memory.desired;
    const bool is_same = known.overlock.is_debt == desired.overlock.is_debt &&
                         known.overlock.is_staff == desired.overlock.is_staff &&
                         known.site_code == desired.site_code;
    if (!is_same) {
        attempt.record.desired_json = desired_to_json(desired);
        attempt.is_changed = true;
    }
}

// With another PIN while the vendor has the one that it is given for somebody else.
Result<Grant> call_with_pin(Attempt& attempt, const Desired& desired) {
    Result<Grant> grant = call_plugin(attempt, desired);
    for (int again = 0; !grant && again < kMaxOtherPins; ++again) {
        const Result<bool> is_replaced = replace_refused_pin(attempt, grant.error());
        if (!is_replaced) {
            return tl::unexpected(is_replaced.error());
        }
        if (!*is_replaced) {
            break;
        }
        grant = call_plugin(attempt, desired);
    }
    return grant;
}

Result<void> apply(Attempt& attempt, const Desired& desired) {
    attempt.look.stage = Look::Stage::kVendor;
    if (Result<void> ended = end_for_former_renter(attempt, desired); !ended) {
        return ended;
    }
    Result<Grant> granted = call_with_pin(attempt, desired);
    if (!granted) {
        store_doubt(attempt, desired, granted.error().kind);
        return tl::unexpected(granted.error());
    }
    attempt.look.has_vendor_agreed = true;
    if (granted->is_pending && attempt.memory.holds_grant) {
        granted->confirmed = attempt.grant.confirmed;
    }
    attempt.grant = std::move(*granted);
    store_grant(attempt, desired);
    const std::string& detail = attempt.grant.detail;
    attempt.steps.add(StepKind::kGranted, attempt.rules.plugin + ": " +
                                              describe(attempt.grant, desired) +
                                              (detail.empty() ? "" : "; " + detail));
    if (attempt.grant.is_pending) {
        return fail(ErrorKind::kPending, "the vendor accepted it and is not done yet",
                    attempt.grant.poll_after_ms.value_or(kDefaultPollMs));
    }
    return {};
}

// Whether the fuse has a say in this end, and has not had it yet.
bool is_for_fuse(const Attempt& attempt) {
    const bool is_under_way = attempt.memory.desired && attempt.grant.is_pending &&
                              attempt.memory.desired->state == AccessState::kEnded;
    return attempt.options.is_swept && !attempt.options.is_confirmed && !is_under_way;
}

// False: held back.
Result<bool> apply_end(Attempt& attempt, const Desired& desired) {
    const std::string& rental_id = attempt.facts.rental_id;
    const bool is_counted = is_for_fuse(attempt);
    if (is_counted) {
        Result<bool> passes = pass_fuse(attempt, "the fuse holds this end back");
        if (!passes || !*passes) {
            return passes;
        }
    }
    const Result<void> applied = apply(attempt, desired);
    if (!attempt.look.has_vendor_agreed) {
        attempt.fuses.release(attempt.business.business, rental_id);
        return tl::unexpected(applied.error());
    }
    if (is_counted) {
        attempt.record.swept_end_ms = attempt.parts.clock.now_ms();
    }
    mend_fuse(attempt);
    if (!applied) {
        return tl::unexpected(applied.error());
    }
    return true;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const std::string& word : words) {
        text.append(text.empty() ? "" : separator).append(word);
    }
    return text;
}

}  // namespace

Result<bool> bring_into_line(Attempt& attempt, const Desired& desired) {
    const bool is_end = desired.state == AccessState::kEnded;
    const bool is_in_line = attempt.memory.holds_grant && !attempt.grant.is_pending &&
                            is_same_access(*attempt.memory.desired, desired) &&
                            !attempt.is_pin_new && !attempt.must_apply && !attempt.must_verify();
    std::string line(to_string(desired.state));
    if (!is_end) {
        line += " at " + join(desired.targets, ", ");
    }
    line += " (" + join(desired.reasons, "; ") + ")";
    attempt.steps.add(StepKind::kDecided, line + (is_in_line ? ": already so" : ""));
    if (is_end) {
        return apply_end(attempt, desired);
    }
    mend_fuse(attempt);
    if (!is_in_line) {
        if (Result<void> applied = apply(attempt, desired); !applied) {
            return tl::unexpected(applied.error());
        }
    } else {
        store_causes(attempt, desired);
    }
    return true;
}

}  // namespace gatehouse::access
