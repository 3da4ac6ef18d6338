#include <algorithm>

#include "access/attempt.hpp"

namespace gatehouse::access {
namespace {

using observe::StepKind;

constexpr int kMostBlocked = 10'000;

}  // namespace

Result<bool> pass_fuse(Attempt& attempt, const std::string& verdict) {
    Result<bool> passes = attempt.fuses.pass(attempt.business.business, attempt.facts.site_id,
                                             attempt.facts.rental_id, attempt.rules.fuse);
    if (passes && !*passes) {
        attempt.steps.add(
            StepKind::kDecided,
            verdict + ": too many at once that no event names; a person must confirm it");
        attempt.look.fuse = Look::Fuse::kBlown;
        if (attempt.record.fuse_blocked_ms == 0) {
            attempt.record.fuse_blocked_ms = attempt.parts.clock.now_ms();
            attempt.is_changed = true;
        }
    }
    return passes;
}

void mend_fuse(Attempt& attempt) {
    const bool is_still_held_back = attempt.look.fuse == Look::Fuse::kBlown;
    if (attempt.record.fuse_blocked_ms == 0 || is_still_held_back) {
        return;
    }
    attempt.record.fuse_blocked_ms = 0;
    attempt.is_changed = true;
    attempt.look.fuse = Look::Fuse::kMended;
    const auto blocked =
        attempt.parts.lookups.fuse_blocked(attempt.business.business, kMostBlocked);
    const auto is_other = [&](const RentalRecord& record) {
        return record.site_id == attempt.facts.site_id &&
               record.rental_id != attempt.facts.rental_id;
    };
    attempt.look.is_fuse_clear =
        blocked && std::none_of(blocked->begin(), blocked->end(), is_other);
}

}  // namespace gatehouse::access
