// What messages may know: objects as Storeganise has them, without what only the renter's door may
// know, and in the renter's language. Pure. [any thread]
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace gatehouse::notify {

// Takes every member out whose name ends in "pinCode", whatever its case, and everything below the
// depth that Storeganise's answers have (promise P8).
nlohmann::json without_pins(nlohmann::json object);

// Storeganise's titles, names and descriptions can be maps {language: text}. Replaces each by the
// text in `language` ("de", "de-CH"), else by the first.
nlohmann::json localised(nlohmann::json object, std::string_view language);

// An id that stands as a text or as an object {"id": text}; empty if it is neither.
std::string id_in(const nlohmann::json& object, std::string_view member);

}  // namespace gatehouse::notify
