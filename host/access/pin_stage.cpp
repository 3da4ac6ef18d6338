#include <algorithm>
#include <string_view>
#include <utility>

#include "access/attempt.hpp"
#include "access/fields.hpp"
#include "base/encoding.hpp"
#include "plugins/faults.hpp"
#include "plugins/scrub.hpp"

namespace gatehouse::access {
namespace {

using observe::StepKind;

constexpr const char* kField = "pinCode";
constexpr std::string_view kCredential = "credential";  // as a plugin names it
constexpr std::size_t kMaxReasonBytes = 200;

PinClaim claim_of(const Attempt& attempt) {
    return PinClaim{attempt.business.business, attempt.facts.site_id, attempt.facts.rental_id,
                    attempt.from.empty() ? "" : attempt.from.front().old_rental_id};
}

void use(Attempt& attempt, Secret pin) {
    attempt.pin_hash = attempt.pins.hash(claim_of(attempt), pin.reveal());
    attempt.is_pin_new = attempt.pin_hash != attempt.record.pin_hash;
    attempt.pin = std::move(pin);
}

bool is_pin_field(std::string_view code) {
    constexpr std::string_view kEnd = "pincode";
    return code.size() >= kEnd.size() &&
           std::equal(kEnd.begin(), kEnd.end(), code.end() - kEnd.size(),
                      [](char wanted, char c) { return wanted == (c | 0x20); });
}

// Storeganise must show it before the vendor gets it: what only the vendor knew would be lost with
// a crash, and chosen anew at every look by a business without the field.
Result<void> put_into_field(Attempt& attempt, const Secret& pin) {
    hide(attempt, pin);
    const std::string code = attempt.field_code(kField);
    Result<void> written = attempt.source.write_fields(attempt.facts.rental_id,
                                                       {{code, pin.reveal()}}, &attempt.steps);
    if (!written && written.error().kind == ErrorKind::kInvalid) {
        return fail(ErrorKind::kInvalid, "the PIN cannot be written to the custom field " + code +
                                             ": " +
                                             shorten(written.error().message, kMaxReasonBytes));
    }
    if (!written) {
        return written;
    }
    const Result<Facts> seen = attempt.source.rental(attempt.facts.rental_id, &attempt.steps);
    if (!seen) {
        return tl::unexpected(seen.error());
    }
    if (!pin.equals(field_text(seen->rental_fields, code))) {
        return fail(ErrorKind::kNotFound,
                    "Storeganise does not keep the custom field " + code + ": create it as a text");
    }
    attempt.facts.rental_fields[code] = pin.reveal();
    return {};
}

// The PIN of the transfer's old rental; nothing if it has none that will do.
Result<std::optional<Secret>> carried_pin(Attempt& attempt) {
    if (attempt.from.empty() || !attempt.record.pin_hash.empty()) {
        return std::optional<Secret>();
    }
    const std::string& old_id = attempt.from.front().old_rental_id;
    const Result<Facts> old = attempt.source.rental(old_id, &attempt.steps);
    if (!old && old.error().kind == ErrorKind::kNotFound) {
        return std::optional<Secret>();
    }
    if (!old) {
        return tl::unexpected(old.error());
    }
    hide_pins(attempt, old->rental_fields);
    const std::string pin = field_text(old->rental_fields, attempt.field_code(kField));
    if (pin.empty() || old->site_id != attempt.facts.site_id) {
        return std::optional<Secret>();
    }
    const Result<std::string> fault =
        attempt.pins.check(claim_of(attempt), *attempt.rules.pin, pin);
    if (!fault) {
        return tl::unexpected(fault.error());
    }
    return fault->empty() ? std::optional(Secret(pin)) : std::nullopt;
}

Result<void> choose(Attempt& attempt, std::optional<Secret> carried) {
    const std::string what = carried ? "the PIN of the rental before the transfer" : "a new PIN";
    if (!carried) {
        Result<Secret> made = attempt.pins.choose(claim_of(attempt), *attempt.rules.pin);
        if (!made) {
            return tl::unexpected(made.error());
        }
        carried = std::move(*made);
    }
    if (Result<void> put = put_into_field(attempt, *carried); !put) {
        return put;
    }
    attempt.steps.add(StepKind::kWrote, what + " is in " + attempt.field_code(kField));
    use(attempt, std::move(*carried));
    // Whose choice it was, by its hash; staff's own PINs are not replaced.
    attempt.record.fields_json = remember_fields(attempt.record.fields_json,
                                                 {{attempt.field_code(kField), attempt.pin_hash}});
    attempt.is_changed = true;
    return {};
}

Result<void> take_typed(Attempt& attempt, std::string typed) {
    const PinClaim claim = claim_of(attempt);
    if (attempt.pins.hash(claim, typed) == attempt.record.pin_hash) {
        use(attempt, Secret(std::move(typed)));
        return {};
    }
    const Result<std::string> fault = attempt.pins.check(claim, *attempt.rules.pin, typed);
    if (!fault) {
        return tl::unexpected(fault.error());
    }
    if (fault->empty()) {
        use(attempt, Secret(std::move(typed)));
        attempt.steps.add(StepKind::kDecided,
                          "the PIN in " + attempt.field_code(kField) + " was changed: it is used");
        return {};
    }
    const bool has_other = !attempt.record.pin_hash.empty();
    attempt.pin_fault = "the PIN in " + attempt.field_code(kField) + " cannot be used: " + *fault +
                        (has_other ? "; the one before stays" : "; no access without one");
    if (!has_other) {
        return fail(ErrorKind::kInvalid, attempt.pin_fault);
    }
    return {};
}

// The transfer's old rental has it at a vendor that takes a PIN once.
Result<bool> is_shared_with_old(Attempt& attempt) {
    if (!attempt.is_pin_new || attempt.from.empty()) {
        return false;
    }
    const TransferLink& link = attempt.from.front();
    const auto old = attempt.parts.records.rental(link.business, link.old_rental_id);
    if (!old) {
        return tl::unexpected(old.error());
    }
    return *old && (*old)->pin_hash == attempt.pin_hash;
}

bool is_chosen_here(const Attempt& attempt) {
    return remembered_field(attempt.record.fields_json, attempt.field_code(kField)) ==
           attempt.pin_hash;
}

// The one before cannot be given again, since only the vendor still knows it: it is told to keep
// what it has.
Result<bool> refuse_typed(Attempt& attempt) {
    const bool has_other = attempt.is_pin_new && !attempt.record.pin_hash.empty();
    attempt.pin_fault = "the PIN in " + attempt.field_code(kField) +
                        " cannot be used: the vendor has it for another" +
                        (has_other ? "; the one before stays" : "; no access without one");
    if (!has_other) {
        return fail(ErrorKind::kInvalid, attempt.pin_fault);
    }
    attempt.pin.reset();
    attempt.is_pin_new = false;
    return true;
}

}  // namespace

void hide(Attempt& attempt, const Secret& pin) {
    if (pin.empty()) {
        return;
    }
    attempt.untold.push_back(pin);
    std::vector<Strike::Text> texts;
    for (const Secret& one : attempt.untold) {
        texts.push_back({one});
    }
    attempt.steps.take_out(Strike(texts));
}

void hide_pins(Attempt& attempt, const CustomFields& fields) {
    for (const auto& [code, value] : fields) {
        if (is_pin_field(code)) {
            hide(attempt, Secret(field_text(fields, code)));
        }
    }
}

Error told(const Attempt& attempt, Error error) {
    error.message = plugins::scrub(std::move(error.message), attempt.untold);
    return error;
}

Result<void> settle_pin(Attempt& attempt) {
    if (!attempt.rules.pin) {
        return {};
    }
    std::string typed = field_text(attempt.facts.rental_fields, attempt.field_code(kField));
    if (!typed.empty()) {
        return take_typed(attempt, std::move(typed));
    }
    Result<std::optional<Secret>> carried = carried_pin(attempt);
    if (!carried) {
        return tl::unexpected(carried.error());
    }
    return choose(attempt, std::move(*carried));
}

Result<bool> replace_refused_pin(Attempt& attempt, const Error& refusal) {
    if (!attempt.pin || refusal.kind != ErrorKind::kConflict) {
        return false;
    }
    const Result<bool> is_shared = is_shared_with_old(attempt);
    if (!is_shared) {
        return tl::unexpected(is_shared.error());
    }
    if (!*is_shared && !plugins::names_fault(refusal.message, kCredential)) {
        return false;
    }
    if (!*is_shared && !is_chosen_here(attempt)) {
        return refuse_typed(attempt);
    }
    attempt.steps.add(StepKind::kDecided, "the vendor has this PIN for another: choose a new one");
    if (Result<void> chosen = choose(attempt, std::nullopt); !chosen) {
        return tl::unexpected(chosen.error());
    }
    return true;
}

void forget_pin(Attempt& attempt) {
    RentalRecord& record = attempt.record;
    const std::string code = attempt.field_code(kField);
    record.pin_hash.clear();
    if (remembered_field(record.fields_json, code)) {
        record.fields_json = remember_fields(record.fields_json, {{code, std::nullopt}});
    }
    attempt.pins.release(record.business, record.rental_id);
}

}  // namespace gatehouse::access
