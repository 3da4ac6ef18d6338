// What every reading of an answer begins with. Pure. [any thread]
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::storeganise {

// The answer as an object or a list. kUnavailable: it is none, and the message says at which byte
// it stops being JSON. `what` begins the message: "the answer for rental r1".
Result<nlohmann::json> parse_object(std::string_view body, const std::string& what);
Result<nlohmann::json> parse_array(std::string_view body, const std::string& what);

}  // namespace gatehouse::storeganise
