// Which rows of every table speak of one renter: by the renter's id, the ids of the renter's
// rentals, and the e-mail addresses, phone numbers and names under which Gatehouse knew them,
// however they are written (store/renter_words.hpp). [a read connection]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/sqlite/database.hpp"

namespace gatehouse::store::sqlite {

struct RenterRows {
    std::vector<std::string> rentals;  // rental ids
    std::vector<std::string> held;     // of these, those that have access or work to do
    std::vector<std::int64_t> events;
    std::vector<std::int64_t> steps;  // that are no event's
    std::vector<std::int64_t> tasks;
    std::vector<std::int64_t> dead_letters;
    std::vector<std::int64_t> alerts;
    std::vector<std::int64_t> access_events;

    bool empty() const {
        return rentals.empty() && events.empty() && steps.empty() && tasks.empty() &&
               dead_letters.empty() && alerts.empty() && access_events.empty();
    }
};

// Reads what the business stored, bodies included: as long as that takes.
RenterRows find_renter_rows(Database& database, const std::string& business,
                            const std::string& renter_id);

}  // namespace gatehouse::store::sqlite
