// Nuki's webhooks and log entries as events of the plugin API. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "gatehouse/plugin.hpp"

namespace gatehouse::nuki {

// The events of one webhook; empty if it tells nothing that matters, or is not understood. `now_ms`
// stands in where Nuki gives no time. Codes and names in the body are not passed on.
sdk::Json events_of_webhook(std::string_view body, std::int64_t now_ms);

// One entry of the log; null if it is no event.
sdk::Json event_of_log(const sdk::Json& entry);

}  // namespace gatehouse::nuki
