// Nuki's error answers as errors of the plugin API.
#pragma once

#include <string>

#include "gatehouse/plugin.hpp"

namespace gatehouse::nuki {

// For an answer that is not 2xx. `what` says what was asked: "add the keypad code". No word of the
// answer is passed on: Nuki's messages repeat refused values, and so PINs (forum topic 16794).
sdk::Error to_error(const sdk::HttpReply& reply, const std::string& what);

}  // namespace gatehouse::nuki
