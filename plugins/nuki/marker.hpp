// Marker: the name that Gatehouse gives to a rental's keypad code. By it, and by nothing else, the
// plugin knows a code as its own. Pure.
//
// Nuki allows 20 characters. A rental id of Storeganise's, 24 hex digits, fits as 16 characters of
// base64url; the 4 after them are a check over business and rental, so that a name that somebody
// typed, or a code of another business on the same account, is not taken for one of ours. An id of
// another form is hashed: its code is found again, but the rental cannot be read off it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::nuki {

constexpr std::size_t kMarkerBytes = 20;

std::string marker_of(std::string_view business, std::string_view rental_id);

// The rental that a name was made for, if it was made for this business.
std::optional<std::string> rental_in(std::string_view business, std::string_view name);

}  // namespace gatehouse::nuki
