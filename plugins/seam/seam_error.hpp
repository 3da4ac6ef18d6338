// Seam's error answers, and the errors that it notes on a code, as errors of the plugin API.
#pragma once

#include <string>

#include "gatehouse/plugin.hpp"

namespace gatehouse::seam {

// For an answer that is not 2xx: {"error": {"type", "message"}}. `what` says what was asked. Only
// the type is passed on: messages quote the PIN.
sdk::Error to_error(const sdk::HttpReply& reply, const std::string& what);

// For an `error_code` on an access code, or the `type` of a failed action attempt.
sdk::Error to_error(const std::string& code, const std::string& device);

}  // namespace gatehouse::seam
