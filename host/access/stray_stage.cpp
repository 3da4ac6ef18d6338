#include <utility>

#include "access/attempt.hpp"
#include "base/encoding.hpp"

namespace gatehouse::access {
namespace {

using observe::StepKind;

constexpr std::size_t kMaxQuotedBytes = 64;

// What is held is brought into line by its references, what is wanted by its address: both are the
// rest of the look's.
bool is_left_over(const Attempt& attempt, const Desired& wanted, const Stray& right) {
    const bool is_held = attempt.memory.holds_grant &&
                         !is_other_right(right, *attempt.memory.desired, attempt.grant.references);
    return !is_held && is_other_right(right, wanted, nlohmann::json::object());
}

Result<void> end_one(Attempt& attempt, Stray& right) {
    attempt.steps.add(StepKind::kDecided,
                      "ended: " + shorten(right.target, kMaxQuotedBytes) +
                          ", which the vendor of '" + right.connection +
                          "' holds for this rental beside its access (found by a sweep)");
    Desired end;
    end.state = AccessState::kEnded;
    end.targets = {right.target};
    end.renter = holder_of(right, attempt.facts.renter);
    end.reasons = {"not what the rental should have"};
    Result<Grant> ended = ask_vendor(attempt, end, right.connection, right.references);
    if (!ended) {
        return tl::unexpected(ended.error());
    }
    // What the plugin does beside the end is for the rest of the look to find.
    attempt.must_apply = true;
    if (ended->is_pending) {
        right.references = std::move(ended->references);
        return fail(ErrorKind::kPending, "the vendor accepted the end and is not done yet",
                    ended->poll_after_ms.value_or(kDefaultPollMs));
    }
    return {};
}

}  // namespace

Result<void> end_strays(Attempt& attempt, const Desired& wanted) {
    const std::string& business = attempt.business.business;
    const std::string& rental_id = attempt.facts.rental_id;
    std::vector<Stray> strays = attempt.strays.take(business, rental_id);
    std::erase_if(strays,
                  [&](const Stray& right) { return !is_left_over(attempt, wanted, right); });
    if (strays.empty()) {
        return {};
    }
    // No event names these ends, whoever asked for the look.
    const Result<bool> passes =
        attempt.options.is_confirmed
            ? Result<bool>(true)
            : pass_fuse(attempt, "the fuse holds back the end of what the vendor holds otherwise");
    Result<void> status = passes ? Result<void>{} : tl::unexpected(passes.error());
    bool has_ended = false;
    for (Stray& right : strays) {
        const Result<void> ended = passes.value_or(false) ? end_one(attempt, right) : status;
        const bool is_gone = ended && passes.value_or(false);
        has_ended = has_ended || is_gone;
        if (!is_gone) {
            attempt.strays.put(business, rental_id, std::move(right));
        }
        if (!ended) {
            status = ended;
        }
    }
    if (has_ended) {
        attempt.record.swept_end_ms = attempt.parts.clock.now_ms();
        attempt.is_changed = true;
    } else {
        attempt.fuses.release(business, rental_id);
    }
    attempt.look.never_dies = attempt.look.never_dies || !status;
    return status;
}

}  // namespace gatehouse::access
