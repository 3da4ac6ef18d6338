// The custom fields that Gatehouse writes back to a rental (docs/custom-fields.md).
#pragma once

#include <optional>
#include <string>

#include "access/desired.hpp"
#include "access/facts.hpp"
#include "access/rental_source.hpp"

namespace gatehouse::access {

// Whether the rental is suspended, the line for `{prefix}_status`, and whether `{prefix}_pinCode`
// is to be emptied.
struct FieldValues {
    bool is_overlocked = false;
    std::string status;
    bool is_pin_cleared = false;
};

// A field's text without what nobody sees at its ends; empty if there is none.
std::string field_text(const CustomFields& fields, const std::string& code);

// Whether a yes/no field is ticked. In a business that made it a text, people write yes, on or 1.
bool is_ticked(const CustomFields& fields, const std::string& code);

// The changes that make `facts.rental_fields` say `values`, with `{prefix}_resync` unticked: only
// what differs. Empty = nothing to write.
FieldChanges changes_of(const Facts& facts, const std::string& prefix, const FieldValues& values);

// Whether staff ticked `{prefix}_resync`: the vendor is to be asked again, whatever is remembered.
bool is_resync_asked(const Facts& facts, const std::string& prefix);

// Unticks it; empty if it is not ticked.
FieldChanges resync_change(const Facts& facts, const std::string& prefix);

// Only the status line, for a look that failed.
FieldChanges status_change(const Facts& facts, const std::string& prefix,
                           const std::string& status);

// `changes` without the status line, which not every business has a field for.
FieldChanges without_status(FieldChanges changes, const std::string& prefix);

// `fields_json` of a rental record with `changes` laid over it.
std::string remember_fields(const std::string& fields_json, const FieldChanges& changes);

// A code's value as remembered; nothing if it was never written or was cleared.
std::optional<std::string> remembered_field(const std::string& fields_json,
                                            const std::string& code);

}  // namespace gatehouse::access
