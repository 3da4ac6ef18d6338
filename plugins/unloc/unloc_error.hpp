// Unloc's error answers as errors of the plugin API.
#pragma once

#include <string>

#include "gatehouse/sdk/http.hpp"

namespace gatehouse::unloc {

// For an answer that is not 2xx. `what` says what was asked: "create the keys". Unloc answers
// problem JSON {"title", "detail", "invalidParams": [{"name", "reason"}]}, for 401 also {"error",
// "errorDescription"} or OAuth's {"error", "error_description"}; any other body is tolerated.
sdk::Error to_error(const sdk::HttpReply& reply, const std::string& what);

// Outside text, fit for one line of a log: short, and of longer numbers only the last two digits.
std::string quoted(std::string text);

}  // namespace gatehouse::unloc
