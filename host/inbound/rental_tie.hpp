// Which rental an event at a door belongs to, and whose rental it is.
//
//   the vendor tells              | the event gets
//   a person, one rental's        | that rental and its renter
//   a person, several rentals'    | their renter if it is one; no rental
//   a person, nobody's            | neither: staff, a courier, another system's user
//   no person, one rental's door  | that rental; nobody knows who it was
//   no person, a shared door      | neither
#pragma once

#include <string>
#include <vector>

#include "access/rental_lookups.hpp"
#include "base/result.hpp"
#include "inbound/vendor_events.hpp"

namespace gatehouse::inbound {

// Fills rental_id and renter_id in from the records of rentals that hold one of the event's targets
// on its connection. A person is known by e-mail, phone or the reference in a grant, of an ended
// one too: events come late. kUnavailable if the store cannot be read.
Result<void> tie_to_rental(access::RentalLookups& lookups, VendorEvent& event);

// Whether a grant's references hold what the plugin gave as a person's reference: a value at any
// depth, or for an object each of its members under its name. Pure.
bool holds_reference(const nlohmann::json& references, const nlohmann::json& reference);

}  // namespace gatehouse::inbound
