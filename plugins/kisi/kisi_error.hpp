// Kisi's error answers as errors of the plugin API.
#pragma once

#include <string>

#include "gatehouse/plugin.hpp"

namespace gatehouse::kisi {

// For an answer that is not 2xx. `what` says what was asked: "create the user". Kisi answers
// {"error", "code"}, or for 422 {"errors": {"<field>": ["<text>"]}}; any other body is tolerated.
sdk::Error to_error(const sdk::HttpReply& reply, const std::string& what);

}  // namespace gatehouse::kisi
