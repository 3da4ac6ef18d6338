// Which alerts a look raises and cures (docs/operations.md):
//
//   rental:<id>                what only a person can mend, at once; anything else past the budget
//   credentials:storeganise    Storeganise refuses the key: one alert, not one for each rental
//   credentials:<connection>   the vendor refuses the connection's credentials
//   fuse:<site id>             ends wait for a person
#pragma once

#include <string>
#include <vector>

#include "access/look.hpp"
#include "dispatch/alert.hpp"

namespace gatehouse::dispatch {

// Pure.
std::vector<AlertChange> alerts_of(const access::Look& look, const std::string& rental_id,
                                   bool is_past_budget);

}  // namespace gatehouse::dispatch
