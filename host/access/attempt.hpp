// Attempt: the state of one look while it goes on. Its stages, in the order of reconcile.cpp, read
// and fill it. [one thread]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/grant.hpp"
#include "access/policy.hpp"
#include "access/reconcile.hpp"
#include "access/stray.hpp"
#include "base/secret.hpp"

namespace gatehouse::access {

// When the vendor is asked again about what it has accepted, if it does not say.
constexpr std::int64_t kDefaultPollMs = 2000;

struct Attempt {
    const Parts& parts;
    PinDesk& pins;
    FuseDesk& fuses;
    StrayDesk& strays;
    const config::Business& business;
    RentalSource& source;
    const LookOptions& options;
    observe::StepLog& steps;

    RentalRecord record;
    bool is_changed = false;  // the record is to be stored
    Facts facts = {};
    SiteRules rules = {};
    bool is_resync = false;  // staff want the vendor asked again, whatever is remembered
    Memory memory = {};
    Grant grant = {};  // meaningful while memory.holds_grant

    std::vector<TransferLink> from = {};  // open transfers whose new rental this is
    std::vector<TransferLink> to = {};    // open transfers whose old rental this is

    std::optional<Secret> pin = {};   // to be given to the vendor
    std::string pin_hash = {};        // of `pin`
    std::string pin_fault = {};       // why the PIN in the field is not used; empty = it is
    bool is_pin_new = false;          // the vendor does not hold `pin` yet
    std::vector<Secret> untold = {};  // PINs that the look has seen (pin_stage.cpp)
    bool must_apply = false;          // the vendor may not hold what it held

    Result<void> strays_ended = {};  // the rental's own access does not wait for it

    Look look = {};

    std::string field_code(const char* name) const { return rules.fields + "_" + name; }
    bool is_occupied() const { return facts.state == "occupied"; }
    bool must_verify() const { return options.is_verify || is_resync; }
    void set_again(UnixMs at_ms);
};

// fields_stage.cpp: the custom fields.
//
// Before deciding: unticks a stale overlock after a new move-in, ticks that of a transfer's old
// rental.
Result<void> settle_box(Attempt& attempt);
// After applying: makes the fields say what is held.
Result<void> write_back(Attempt& attempt, const Desired& desired);
// Unticks staff's wish for another look where nothing else is written.
Result<void> clear_resync(Attempt& attempt);
// Tells staff where they work. Best effort: the look has failed anyway.
void report_failure(Attempt& attempt, const Error& error);

// pin_stage.cpp: what no step, error or custom field may say, whoever said it: the PINs in the
// fields, of whatever connection, and those that are chosen.
void hide(Attempt& attempt, const Secret& pin);
void hide_pins(Attempt& attempt, const CustomFields& fields);
// The error without them.
Error told(const Attempt& attempt, Error error);

// pin_stage.cpp: which PIN the vendor is to hold. Does nothing where the host chooses none.
// kInvalid: it cannot be used and there is no other; the business lacks the field.
Result<void> settle_pin(Attempt& attempt);
// What to do when the vendor refuses a PIN because it has it for another: another one where the
// host chose, or where it is the transfer's old rental that has it; where staff chose, the one
// before. True: ask the vendor again. kInvalid: staff chose, and there is none before.
Result<bool> replace_refused_pin(Attempt& attempt, const Error& refusal);
// The rental has no PIN any more.
void forget_pin(Attempt& attempt);

// transfer_stage.cpp: promise P7's "grant new, confirm, then end old".
Result<void> load_transfers(Attempt& attempt);
// kPending: the old rental's end waits for the new one's access.
Result<void> await_new_rental(Attempt& attempt);
// What the look's good end means for the transfers.
void settle_transfers(Attempt& attempt, bool is_over);

// fuse_stage.cpp: whether an end that no event names may go on. False: record and look say that the
// fuse holds it back, and so does a step that begins with `verdict`.
Result<bool> pass_fuse(Attempt& attempt, const std::string& verdict);
// Nothing of the rental is held back any more, unless this very look was.
void mend_fuse(Attempt& attempt);

// stray_stage.cpp: ends what a sweep found at the vendor for this rental and what is neither held
// nor wanted. What cannot be ended now stays for the next look.
Result<void> end_strays(Attempt& attempt, const Desired& wanted);

// apply_stage.cpp: makes the vendor agree. False: the fuse holds the end back.
Result<bool> bring_into_line(Attempt& attempt, const Desired& desired);
// One call of "access.apply".
Result<Grant> ask_vendor(Attempt& attempt, const Desired& desired, const std::string& connection,
                         const nlohmann::json& references);

}  // namespace gatehouse::access
