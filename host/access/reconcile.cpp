#include "access/reconcile.hpp"

#include <utility>

#include "access/attempt.hpp"
#include "access/fields.hpp"
#include "access/recall.hpp"
#include "access/rental_state.hpp"
#include "base/encoding.hpp"

namespace gatehouse::access {
namespace {

using observe::StepKind;

constexpr std::size_t kMaxQuotedBytes = 64;

// An answer about something else is not data, and asking again may bring the right one.
Error as_reading_error(Error error) {
    if (error.kind == ErrorKind::kInvalid) {
        error.kind = ErrorKind::kUnavailable;
    }
    return error;
}

Result<void> read_facts(Attempt& attempt) {
    const RentalRecord& record = attempt.record;
    Result<Facts> facts = attempt.source.rental(record.rental_id, &attempt.steps);
    if (!facts) {
        return tl::unexpected(as_reading_error(facts.error()));
    }
    if (!record.site_id.empty() && facts->site_id != record.site_id) {
        return fail(ErrorKind::kUnavailable, "the answer places rental " + record.rental_id +
                                                 " at another site than before; not trusted");
    }
    // A part that was there before is lacking, not taken away.
    if (!record.unit_id.empty() && facts->unit_id.empty()) {
        return fail(ErrorKind::kUnavailable,
                    "the answer for rental " + record.rental_id + " lacks its unit");
    }
    attempt.facts = std::move(*facts);
    const Facts& read = attempt.facts;
    hide_pins(attempt, read.rental_fields);
    attempt.look.stage = Look::Stage::kDeciding;
    attempt.look.site_id = read.site_id;
    attempt.look.unit_id = read.unit_id;
    attempt.look.unit_name = read.unit_name;
    if (phase_of(read.state) == RentalPhase::kUnknown) attempt.look.unknown_state = read.state;
    attempt.steps.add(
        StepKind::kRead,
        "rental " + read.rental_id + " of unit " + shorten(read.unit_name, kMaxQuotedBytes) +
            " is " + shorten(read.state, kMaxQuotedBytes) + (read.is_overdue ? ", overdue" : "") +
            (read.end_date ? ", moves out on " + *read.end_date : ""));
    return {};
}

// False if the site is not Gatehouse's business, which ends the look well. kInvalid if it was once:
// what is held there could never be ended.
Result<bool> find_rules(Attempt& attempt) {
    auto rules = rules_for(attempt.business, attempt.parts.plugins, attempt.facts);
    if (!rules && !attempt.record.grant_json.empty()) {
        return fail(ErrorKind::kInvalid,
                    "connection '" + attempt.record.connection +
                        "' holds access, and no rule covers the site any more: restore the rule");
    }
    if (!rules) {
        attempt.steps.add(StepKind::kDecided, "site " +
                                                  shorten(attempt.facts.site_id, kMaxQuotedBytes) +
                                                  " has no access rule: nothing to do");
        return false;
    }
    attempt.rules = std::move(*rules);
    attempt.look.connection = attempt.rules.connection;
    attempt.is_resync = is_resync_asked(attempt.facts, attempt.rules.fields);
    if (attempt.is_resync) {
        attempt.steps.add(StepKind::kRead, attempt.field_code("resync") + " is ticked by staff");
    }
    return true;
}

// kPending: they may be behind the event that asks. Nothing is done by them meanwhile.
Result<void> believe_facts(Attempt& attempt) {
    const LookOptions& options = attempt.options;
    const std::string doubt = contradiction(options.word, attempt.facts, attempt.rules);
    if (doubt.empty()) return {};
    if (options.doubt_ms) {
        return fail(ErrorKind::kPending, doubt + ": not visible yet", *options.doubt_ms);
    }
    attempt.steps.add(StepKind::kDecided, doubt + ", still: the rental is believed");
    return {};
}

Result<void> recall_record(Attempt& attempt) {
    Result<Recalled> recalled = recall(attempt.record, attempt.rules);
    if (!recalled) {
        return tl::unexpected(recalled.error());
    }
    attempt.memory = std::move(recalled->memory);
    attempt.grant = std::move(recalled->grant);
    if (attempt.memory.holds_grant && attempt.record.connection != attempt.rules.connection) {
        return fail(ErrorKind::kInvalid, "the access is held by connection '" +
                                             attempt.record.connection +
                                             "' but the site now uses '" +
                                             attempt.rules.connection + "': restore the old one");
    }
    if (Result<void> loaded = load_transfers(attempt); !loaded) {
        return loaded;
    }
    // An end that is due later must find its task alive.
    const Memory& memory = attempt.memory;
    if (memory.holds_grant && memory.desired->until_ms) {
        attempt.look.never_dies = true;
    }
    return {};
}

void keep(Attempt& attempt, std::string& kept, const std::string& read) {
    if (kept != read) {
        kept = read;
        attempt.is_changed = true;
    }
}

// A rental that was never moved into leaves none.
bool leaves_record(const Attempt& attempt) {
    return attempt.is_occupied() || !attempt.record.desired_json.empty();
}

// What lookups and the next look need of the facts.
void remember_facts(Attempt& attempt) {
    RentalRecord& record = attempt.record;
    const Facts& facts = attempt.facts;
    if (!leaves_record(attempt)) {
        return;
    }
    keep(attempt, record.site_id, facts.site_id);
    keep(attempt, record.unit_id, facts.unit_id);
    keep(attempt, record.unit_name, facts.unit_name);
    keep(attempt, record.renter_id, facts.renter.id);
    keep(attempt, record.move_in_job_id, facts.move_in_job_id);
}

Result<Decision> decide_now(Attempt& attempt) {
    if (attempt.is_occupied()) {
        if (Result<void> settled = settle_box(attempt); !settled) {
            return tl::unexpected(settled.error());
        }
    }
    remember_facts(attempt);
    Memory memory = attempt.memory;
    // Seen at the vendor is as good as remembered.
    memory.holds_grant = memory.holds_grant || attempt.options.is_verify ||
                         (attempt.is_resync && memory.desired.has_value());
    return decide(attempt.facts, attempt.rules, memory, attempt.parts.clock.now_ms());
}

// Also writes the fields of an end that an earlier look could not write.
Result<void> leave_as_it_is(Attempt& attempt, const std::string& note) {
    attempt.steps.add(StepKind::kDecided, note);
    const std::optional<Desired>& last = attempt.memory.desired;
    const bool is_ended = last && last->state == AccessState::kEnded;
    Result<void> written = is_ended ? write_back(attempt, *last) : clear_resync(attempt);
    if (!written) {
        return written;
    }
    settle_transfers(attempt, !attempt.is_occupied() && await_new_rental(attempt).has_value());
    return {};
}

Result<void> end_access(Attempt& attempt, const Desired& desired) {
    attempt.look.never_dies = true;
    if (Result<void> waited = await_new_rental(attempt); !waited) {
        return waited;
    }
    const Result<bool> is_ended = bring_into_line(attempt, desired);
    if (!is_ended) {
        return tl::unexpected(is_ended.error());
    }
    if (!*is_ended) {
        return {};
    }
    if (Result<void> written = write_back(attempt, desired); !written) {
        return written;
    }
    settle_transfers(attempt, true);
    return {};
}

Result<void> grant_access(Attempt& attempt, const Desired& desired) {
    if (Result<void> settled = settle_pin(attempt); !settled) {
        // To shut a door no PIN is needed.
        const bool must_shut =
            desired.state == AccessState::kSuspended && attempt.memory.holds_grant;
        const Result<bool> is_shut = must_shut ? bring_into_line(attempt, desired) : true;
        return is_shut ? settled : tl::unexpected(is_shut.error());
    }
    const Result<bool> applied = bring_into_line(attempt, desired);
    if (!applied) {
        return tl::unexpected(applied.error());
    }
    if (Result<void> written = write_back(attempt, desired); !written) {
        return written;
    }
    if (!attempt.pin_fault.empty()) {
        return fail(ErrorKind::kInvalid, attempt.pin_fault);
    }
    settle_transfers(attempt, false);
    return {};
}

Result<void> decide_and_apply(Attempt& attempt) {
    if (Result<void> recalled = recall_record(attempt); !recalled) {
        return recalled;
    }
    const Result<Decision> decision = decide_now(attempt);
    // The alert is the state's. Of what is held an end may be due, so that is looked at again.
    if (!decision && !attempt.look.unknown_state.empty() && !attempt.memory.holds_grant) {
        attempt.steps.add(StepKind::kDecided, decision.error().message);
        return {};
    }
    if (!decision) {
        return tl::unexpected(decision.error());
    }
    if (decision->again_ms) {
        attempt.set_again(*decision->again_ms);
    }
    if (decision->desired) {
        attempt.strays_ended = end_strays(attempt, *decision->desired);
    }
    Result<void> done = !decision->desired ? leave_as_it_is(attempt, decision->note)
                        : decision->desired->state == AccessState::kEnded
                            ? end_access(attempt, *decision->desired)
                            : grant_access(attempt, *decision->desired);
    // Only what was judged with its date counts as read.
    if (done && leaves_record(attempt)) {
        keep(attempt, attempt.record.move_out_job_id, attempt.facts.move_out_job_id);
    }
    return done;
}

Look finish(Attempt& attempt, Result<void> status) {
    if (status) {
        attempt.look.stage = Look::Stage::kDone;
    }
    if (attempt.is_changed) {
        attempt.record.updated_ms = attempt.parts.clock.now_ms();
        attempt.look.record = std::make_shared<const RentalRecord>(std::move(attempt.record));
    }
    attempt.look.status = std::move(status);
    return std::move(attempt.look);
}

Look run(Attempt& attempt) {
    Result<void> status = read_facts(attempt);
    if (!status) {
        return finish(attempt, std::move(status));
    }
    const Result<bool> is_ours = find_rules(attempt);
    if (!is_ours) {
        return finish(attempt, tl::unexpected(told(attempt, is_ours.error())));
    }
    if (!*is_ours) {
        return finish(attempt, {});
    }
    if (Result<void> believed = believe_facts(attempt); !believed) {
        return finish(attempt, std::move(believed));
    }
    status = decide_and_apply(attempt);
    if (!status) {
        status = tl::unexpected(told(attempt, status.error()));
        report_failure(attempt, status.error());
        return finish(attempt, std::move(status));
    }
    if (!attempt.strays_ended) {
        return finish(attempt, tl::unexpected(told(attempt, attempt.strays_ended.error())));
    }
    return finish(attempt, {});
}

}  // namespace

Reconciler::Reconciler(const Parts& parts)
    : parts_(parts),
      pins_(parts.lookups, parts.pin_key, parts.random, parts.clock),
      fuses_(parts.records, parts.lookups, parts.clock) {}

Look Reconciler::look(const config::Business& business, RentalSource& source,
                      const std::string& rental_id, const LookOptions& options,
                      observe::StepLog& steps) {
    Result<std::optional<RentalRecord>> known = parts_.records.rental(business.business, rental_id);
    if (!known) {
        Look look;
        look.status = tl::unexpected(known.error());
        return look;
    }
    const bool is_known = known->has_value();
    RentalRecord record = std::move(*known).value_or(RentalRecord{});
    record.business = business.business;
    record.rental_id = rental_id;
    Attempt attempt{parts_, pins_,   fuses_, strays_,          business,
                    source, options, steps,  std::move(record)};
    attempt.look.is_known = is_known;
    return run(attempt);
}

}  // namespace gatehouse::access
