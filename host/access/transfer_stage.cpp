#include <algorithm>
#include <utility>

#include "access/attempt.hpp"
#include "access/fields.hpp"
#include "access/recall.hpp"
#include "base/encoding.hpp"

namespace gatehouse::access {
namespace {

using observe::StepKind;

// The new rental's look wakes the old one's; this is for when that got lost.
constexpr std::int64_t kAwaitMs = 300'000;
// How long a transfer is waited for whose old rental stays occupied.
constexpr std::int64_t kStaleMs = 86'400'000;
constexpr std::size_t kMaxIdBytes = 64;

bool is_confirmed(const RentalRecord& record) {
    const Result<Desired> desired = desired_from_json(record.desired_json);
    const Result<Grant> grant = grant_from_json(record.grant_json);
    return desired && grant && desired->state != AccessState::kEnded && !grant->is_pending;
}

// The old rental ends before the new one took its PIN over: it is put where that will look.
Result<void> hand_pin_over(Attempt& attempt, const Facts& heir) {
    const std::string code = attempt.field_code("pinCode");
    const std::string pin = field_text(attempt.facts.rental_fields, code);
    const bool is_wanted = attempt.rules.pin && !pin.empty() &&
                           field_text(heir.rental_fields, code).empty() &&
                           heir.site_id == attempt.facts.site_id;
    if (!is_wanted) {
        return {};
    }
    // Staff may have typed one that was refused.
    const Result<std::string> fault = attempt.pins.check(
        {attempt.business.business, heir.site_id, heir.rental_id, attempt.facts.rental_id},
        *attempt.rules.pin, pin);
    if (!fault) {
        return tl::unexpected(fault.error());
    }
    if (!fault->empty()) {
        return {};
    }
    Result<void> written =
        attempt.source.write_fields(heir.rental_id, {{code, pin}}, &attempt.steps);
    if (!written && written.error().kind != ErrorKind::kInvalid) {
        return written;
    }
    return {};
}

// A new rental that lets nobody in now, by its own facts, is not waited for: the old door would
// stay open to somebody who may open none.
Result<bool> lets_in(Attempt& attempt, const std::string& rental_id) {
    const Result<Facts> facts = attempt.source.rental(rental_id, &attempt.steps);
    if (!facts && facts.error().kind == ErrorKind::kNotFound) {
        return false;
    }
    if (!facts) {
        return tl::unexpected(facts.error());
    }
    const auto rules = rules_for(attempt.business, attempt.parts.plugins, *facts);
    if (!rules) {
        return false;
    }
    const Result<Decision> decision =
        decide(*facts, *rules, Memory{}, attempt.parts.clock.now_ms());
    if (!decision) {
        return true;
    }
    if (!decision->desired) {
        return false;
    }
    if (decision->desired->state == AccessState::kActive) {
        return true;
    }
    if (Result<void> handed = hand_pin_over(attempt, *facts); !handed) {
        return tl::unexpected(handed.error());
    }
    return false;
}

Result<bool> must_wait_for(Attempt& attempt, const TransferLink& link) {
    const auto record = attempt.parts.records.rental(link.business, link.new_rental_id);
    if (!record) {
        return tl::unexpected(record.error());
    }
    if (*record && is_confirmed(**record)) {
        return false;
    }
    return lets_in(attempt, link.new_rental_id);
}

}  // namespace

void Attempt::set_again(UnixMs at_ms) {
    look.again_ms = std::min(look.again_ms.value_or(at_ms), at_ms);
}

Result<void> load_transfers(Attempt& attempt) {
    Result<std::vector<TransferLink>> links =
        attempt.parts.lookups.open_transfers(attempt.business.business, attempt.facts.rental_id);
    if (!links) {
        return tl::unexpected(links.error());
    }
    for (TransferLink& link : *links) {
        const bool is_new = link.new_rental_id == attempt.facts.rental_id;
        (is_new ? attempt.from : attempt.to).push_back(std::move(link));
    }
    attempt.look.never_dies = !attempt.from.empty() || !attempt.to.empty();
    return {};
}

Result<void> await_new_rental(Attempt& attempt) {
    for (const TransferLink& link : attempt.to) {
        const Result<bool> must_wait = must_wait_for(attempt, link);
        if (!must_wait) {
            return tl::unexpected(must_wait.error());
        }
        if (*must_wait) {
            return fail(ErrorKind::kPending,
                        "transferred: the end waits until rental " +
                            shorten(link.new_rental_id, kMaxIdBytes) + " has its access",
                        kAwaitMs);
        }
    }
    return {};
}

void settle_transfers(Attempt& attempt, bool is_over) {
    const UnixMs now_ms = attempt.parts.clock.now_ms();
    for (TransferLink& link : attempt.to) {
        if (is_over || link.made_ms + kStaleMs <= now_ms) {
            link.done_ms = now_ms;
            attempt.steps.add(StepKind::kNote,
                              std::string(is_over ? "the transfer to rental "
                                                  : "still occupied a day after the transfer to ") +
                                  shorten(link.new_rental_id, kMaxIdBytes) +
                                  (is_over ? " is complete" : ": no longer waited for"));
            attempt.look.transfers.push_back(link);
        } else {
            attempt.set_again(now_ms + kAwaitMs);
        }
    }
    for (const TransferLink& link : attempt.from) {
        attempt.steps.add(StepKind::kDecided,
                          "transfer: now end rental " + shorten(link.old_rental_id, kMaxIdBytes));
        attempt.look.look_at.push_back(link.old_rental_id);
    }
}

}  // namespace gatehouse::access
