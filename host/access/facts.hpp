// Facts: what Storeganise says about one rental, as far as access depends on it. Filled by
// storeganise/, judged by access/policy.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace gatehouse::access {

// A custom field's value as text: "true"/"false" for booleans, decimal for numbers; nothing for
// null. A code that is absent has no value, or the business has no such field.
using CustomFields = std::map<std::string, std::optional<std::string>>;

struct Renter {
    std::string id;
    std::string name;
    std::string email;  // empty if none
    std::string phone;  // free text, empty if none
    std::string language;

    bool operator==(const Renter&) const = default;
};

struct Facts {
    std::string rental_id;
    std::string site_id;
    std::string site_code;  // empty if not known
    std::string unit_id;    // empty only before the move-in
    std::string unit_name;
    std::string state;  // as rental_state.hpp knows it, else as sent
    bool is_overdue = false;
    // Days of the site's calendar, "2026-11-22". The end is the planned move-out's; the renter may
    // still enter on that day.
    std::optional<std::string> start_date = {};
    std::optional<std::string> end_date = {};
    std::string move_in_job_id = {};
    std::string move_out_job_id = {};  // of the planned move-out; empty if none
    Renter renter;
    CustomFields unit_fields;
    CustomFields rental_fields;
};

}  // namespace gatehouse::access
