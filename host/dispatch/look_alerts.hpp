// Which alerts a look raises and cures (docs/operations.md):
//
//   rental:<id>                what only a person can mend, at once; anything else past the budget
//   credentials:storeganise    Storeganise refuses the key: one alert, not one for each rental
//   credentials:<connection>   the vendor refuses the connection's credentials
//   state:<word>               a rental state that is not known: one alert, not one for each
//   rental;
//                              the next full sweep that meets no such rental cures it
//   fuse:<site id>             ends wait for a person
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/look.hpp"
#include "dispatch/alert.hpp"

namespace gatehouse::dispatch {

// How the subjects of rental states that are not known begin.
constexpr std::string_view kStateSubject = "state:";

// The subject for a rental state that is not known.
std::string state_subject(std::string_view state);

// Pure.
std::vector<AlertChange> alerts_of(const access::Look& look, const std::string& rental_id,
                                   bool is_past_budget);

}  // namespace gatehouse::dispatch
