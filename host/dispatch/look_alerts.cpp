#include "dispatch/look_alerts.hpp"

#include "base/encoding.hpp"
#include "dispatch/account_alerts.hpp"

namespace gatehouse::dispatch {
namespace {

using access::Look;

constexpr std::size_t kMaxTextBytes = 300;
constexpr std::size_t kMaxUnitBytes = 64;

AlertChange raised(std::string subject, const std::string& text) {
    return AlertChange{std::move(subject), true, shorten(text, kMaxTextBytes), "", ""};
}

AlertChange cured(std::string subject) {
    return AlertChange{std::move(subject), false, "", "", ""};
}

// Whose key or credentials are refused; empty if the error is another.
std::string refused_credentials(const Look& look, const Error& error) {
    const bool is_reading = look.stage == Look::Stage::kReading;
    if (is_reading && is_account_refused(error)) return kAccountSubject;
    const bool is_vendor = look.stage == Look::Stage::kVendor && error.kind == ErrorKind::kAuth;
    return is_vendor ? "credentials:" + look.connection : "";
}

// A rental that cannot be found may only be too new to be seen.
bool needs_a_person(const Look& look, const Error& error) {
    switch (error.kind) {
        case ErrorKind::kInvalid:
        case ErrorKind::kUnsupported:
        case ErrorKind::kForbidden:
        case ErrorKind::kAuth:
            return true;
        case ErrorKind::kNotFound:
            return look.stage != Look::Stage::kReading;
        default:
            return false;
    }
}

// Some errors begin with the unit themselves.
std::string with_unit(const Look& look, const std::string& message) {
    const std::string unit = "unit " + shorten(look.unit_name, kMaxUnitBytes);
    const bool says_unit = look.unit_name.empty() || message.starts_with(unit);
    return says_unit ? message : unit + ": " + message;
}

void add_of_failure(std::vector<AlertChange>& changes, const Look& look, const Error& error,
                    const std::string& rental_id, bool is_past_budget) {
    if (!look.unknown_state.empty()) return;  // of the state
    if (const std::string subject = refused_credentials(look, error); !subject.empty()) {
        changes.push_back(raised(subject, error.message));
    } else if (needs_a_person(look, error) || is_past_budget) {
        AlertChange change = raised("rental:" + rental_id, with_unit(look, error.message));
        change.rental_id = rental_id;
        change.unit_id = look.unit_id;
        changes.push_back(std::move(change));
    }
}

void add_of_fuse(std::vector<AlertChange>& changes, const Look& look,
                 const std::string& rental_id) {
    if (look.fuse == Look::Fuse::kBlown) {
        AlertChange change = raised("fuse:" + look.site_id,
                                    "ends of access that no event names wait for a person: see "
                                    "`gatehouse fuse`");
        // One of them, so that staff find a task somewhere.
        change.rental_id = rental_id;
        change.unit_id = look.unit_id;
        changes.push_back(std::move(change));
    }
    if (look.fuse == Look::Fuse::kMended && look.is_fuse_clear) {
        changes.push_back(cured("fuse:" + look.site_id));
    }
}

void add_of_state(std::vector<AlertChange>& changes, const Look& look,
                  const std::string& rental_id) {
    if (look.unknown_state.empty()) return;
    changes.push_back(raised(state_subject(look.unknown_state),
                             "rental state '" + shorten(look.unknown_state, kMaxUnitBytes) +
                                 "' is not known, first seen of rental " + rental_id +
                                 ": the access of all such rentals stays as it is"));
}

}  // namespace

std::string state_subject(std::string_view state) {
    return std::string(kStateSubject) + shorten(std::string(state), kMaxUnitBytes);
}

std::vector<AlertChange> alerts_of(const Look& look, const std::string& rental_id,
                                   bool is_past_budget) {
    std::vector<AlertChange> changes;
    add_of_fuse(changes, look, rental_id);
    add_of_state(changes, look, rental_id);
    if (look.stage != Look::Stage::kReading) {
        changes.push_back(cured(kAccountSubject));
    }
    if (look.has_vendor_agreed) {
        changes.push_back(cured("credentials:" + look.connection));
    }
    if (look.status) {
        changes.push_back(cured("rental:" + rental_id));
    } else {
        add_of_failure(changes, look, look.status.error(), rental_id, is_past_budget);
    }
    return changes;
}

}  // namespace gatehouse::dispatch
