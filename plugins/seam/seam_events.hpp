// Seam's events, as webhooks and its list have them, as events of the plugin API. Pure.
#pragma once

#include "gatehouse/plugin.hpp"

namespace gatehouse::seam {

// Null if it is no event that matters, or not readable. PINs in it are not passed on.
sdk::Json to_event(const sdk::Json& event);

}  // namespace gatehouse::seam
