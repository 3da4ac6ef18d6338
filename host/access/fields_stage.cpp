#include <utility>

#include "access/attempt.hpp"
#include "access/fields.hpp"
#include "base/encoding.hpp"

namespace gatehouse::access {
namespace {

using observe::StepKind;

constexpr const char* kBox = "overlocked";
constexpr std::int64_t kFreshMoveInMs = 86'400'000;
constexpr std::size_t kMaxReasonBytes = 200;

std::string not_done(const std::string& why) {
    return "not done: " + why;
}

bool is_refused(const Result<void>& written) {
    return !written && written.error().kind == ErrorKind::kInvalid;
}

void remember(Attempt& attempt, const FieldChanges& changes) {
    FieldChanges kept = changes;
    kept.erase(attempt.field_code("pinCode"));
    attempt.record.fields_json = remember_fields(attempt.record.fields_json, kept);
    attempt.is_changed = true;
    std::string codes;
    for (const auto& [code, value] : changes) {
        attempt.facts.rental_fields[code] = value;
        codes += (codes.empty() ? "" : ", ") + code;
    }
    attempt.steps.add(StepKind::kWrote, "custom fields written back: " + codes);
}

// A business need not have every field. What it refuses is said, and is no reason to fail: the
// access itself is as it should be.
Result<void> write(Attempt& attempt, FieldChanges changes) {
    if (changes.empty()) {
        return {};
    }
    const std::string& rental_id = attempt.facts.rental_id;
    Result<void> written = attempt.source.write_fields(rental_id, changes, &attempt.steps);
    if (is_refused(written)) {
        const std::size_t count = changes.size();
        changes = without_status(std::move(changes), attempt.rules.fields);
        if (!changes.empty() && changes.size() < count) {
            written = attempt.source.write_fields(rental_id, changes, &attempt.steps);
        }
    }
    if (is_refused(written)) {
        attempt.steps.add(StepKind::kNote, "custom fields not written: " +
                                               shorten(written.error().message, kMaxReasonBytes));
        return {};
    }
    if (!written) {
        return written;
    }
    remember(attempt, changes);
    return {};
}

// A rental is moved into anew, or for the first time and just now.
Result<bool> is_new_move_in(Attempt& attempt) {
    const std::string& job_id = attempt.facts.move_in_job_id;
    const RentalRecord& record = attempt.record;
    if (job_id.empty() || !attempt.from.empty()) {
        return false;
    }
    if (!record.move_in_job_id.empty()) {
        return record.move_in_job_id != job_id;
    }
    if (!record.desired_json.empty()) {
        return false;
    }
    const Result<UnixMs> updated_ms = attempt.source.job_updated_ms(job_id, &attempt.steps);
    if (!updated_ms) {
        if (updated_ms.error().kind == ErrorKind::kNotFound ||
            updated_ms.error().kind == ErrorKind::kUnsupported) {
            return false;
        }
        return tl::unexpected(updated_ms.error());
    }
    return *updated_ms + kFreshMoveInMs > attempt.parts.clock.now_ms();
}

// Staff's tick on the old rental that no look has seen yet.
Result<bool> was_ticked_by_staff(Attempt& attempt, const TransferLink& link,
                                 const std::string& old_fields_json) {
    const Result<Facts> facts = attempt.source.rental(link.old_rental_id, &attempt.steps);
    if (!facts) {
        const bool is_gone = facts.error().kind == ErrorKind::kNotFound;
        return is_gone ? Result<bool>(false) : tl::unexpected(facts.error());
    }
    const std::string code = attempt.field_code(kBox);
    return is_ticked(facts->rental_fields, code) &&
           remembered_field(old_fields_json, code) != "true";
}

Result<bool> was_overlocked_by_staff(Attempt& attempt) {
    for (const TransferLink& link : attempt.from) {
        const auto old = attempt.parts.records.rental(link.business, link.old_rental_id);
        if (!old) {
            return tl::unexpected(old.error());
        }
        const Result<Desired> desired =
            desired_from_json(*old ? (*old)->desired_json : std::string());
        if (desired && desired->overlock.is_staff) {
            return true;
        }
        Result<bool> is_ticked =
            was_ticked_by_staff(attempt, link, *old ? (*old)->fields_json : std::string());
        if (!is_ticked || *is_ticked) {
            return is_ticked;
        }
    }
    return false;
}

// Written as staff would: it is not remembered as ours, so it stays theirs.
Result<void> set_box(Attempt& attempt, bool is_ticked, const std::string& why) {
    const std::string code = attempt.field_code(kBox);
    const std::string value = is_ticked ? "true" : "false";
    Result<void> written =
        attempt.source.write_fields(attempt.facts.rental_id, {{code, value}}, &attempt.steps);
    if (!written && !is_refused(written)) {
        return written;
    }
    if (written) {
        attempt.facts.rental_fields[code] = value;
        attempt.steps.add(StepKind::kWrote, code + " is " + value + " now: " + why);
    }
    return {};
}

// A move-out may be cancelled after its day: what staff locked stays locked then.
bool keeps_tick(const Attempt& attempt, const Desired& desired) {
    const std::string code = attempt.field_code(kBox);
    const bool is_staffs =
        desired.overlock.is_staff || remembered_field(attempt.record.fields_json, code) != "true";
    return desired.state == AccessState::kEnded && attempt.is_occupied() && is_staffs &&
           is_ticked(attempt.facts.rental_fields, code);
}

}  // namespace

Result<void> settle_box(Attempt& attempt) {
    const bool is_on = is_ticked(attempt.facts.rental_fields, attempt.field_code(kBox));
    const Result<bool> must_change = is_on ? is_new_move_in(attempt)
                                     : attempt.memory.holds_grant
                                         ? Result<bool>(false)
                                         : was_overlocked_by_staff(attempt);
    if (!must_change) {
        return tl::unexpected(must_change.error());
    }
    if (!*must_change) {
        return {};
    }
    return is_on ? set_box(attempt, false, "the overlock is older than the move-in")
                 : set_box(attempt, true, "the rental before the transfer was overlocked");
}

Result<void> write_back(Attempt& attempt, const Desired& desired) {
    const bool is_ended = desired.state == AccessState::kEnded;
    FieldValues values;
    values.is_overlocked = desired.state == AccessState::kSuspended || keeps_tick(attempt, desired);
    values.status =
        attempt.pin_fault.empty() ? describe(attempt.grant, desired) : not_done(attempt.pin_fault);
    values.is_pin_cleared = is_ended && attempt.rules.pin.has_value();
    const FieldChanges changes = changes_of(attempt.facts, attempt.rules.fields, values);
    const std::string code = attempt.field_code(kBox);
    const auto box = changes.find(code);
    const bool is_ticking = box != changes.end() && box->second == "true";
    if (is_ticking && remembered_field(attempt.record.fields_json, code) != "true") {
        // Were the box ticked before it is stored whose tick it is, a crash would make it staff's.
        attempt.record.fields_json = remember_fields(attempt.record.fields_json, {{code, "true"}});
        attempt.is_changed = true;
        attempt.set_again(attempt.parts.clock.now_ms());
        return {};
    }
    return write(attempt, changes);
}

Result<void> clear_resync(Attempt& attempt) {
    const FieldChanges changes = resync_change(attempt.facts, attempt.rules.fields);
    if (changes.empty()) {
        return {};
    }
    return attempt.source.write_fields(attempt.facts.rental_id, changes, &attempt.steps);
}

void report_failure(Attempt& attempt, const Error& error) {
    const bool needs_a_person =
        error.kind == ErrorKind::kInvalid || error.kind == ErrorKind::kNotFound ||
        error.kind == ErrorKind::kUnsupported || error.kind == ErrorKind::kForbidden;
    if (needs_a_person) {
        const std::string& prefix = attempt.rules.fields;
        FieldChanges changes = status_change(attempt.facts, prefix, not_done(error.message));
        changes.merge(resync_change(attempt.facts, prefix));
        (void)write(attempt, changes);
    }
}

}  // namespace gatehouse::access
