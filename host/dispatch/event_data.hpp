// EventData: the ids in an event's `data`, in every form in which they are seen: as text or as an
// object with an id; one or several. Pure. [any thread]
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::dispatch {

// Empty where the event does not say. Every id is fit for a request's path.
struct EventData {
    std::string job_id;
    std::vector<std::string> rental_ids;  // all of them, old and new ones too
    std::string old_rental_id;            // of a transfer
    std::string new_rental_id;
    std::string unit_id;
    std::string user_id;
    std::string site_id;
    std::vector<std::string> changed_keys;  // "customFields.kisi_pinCode"
    bool names_keys = false;                // there is a list of changed keys
};

// `body` is the whole event; only its `data` is read, so an add-on's apiUrl is not (promise P11).
// kInvalid: not JSON. What has no usable form is passed over.
Result<EventData> read_event_data(std::string_view body);

// Whether somebody may stand at a door and wait for this change of a rental: a PIN, an overlock or
// a wish to look again, edited by a person. Our own write-backs carry the status too.
bool is_edit_at_the_door(const EventData& data);

}  // namespace gatehouse::dispatch
