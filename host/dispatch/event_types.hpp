// Which event types lead to a look at rentals. All others are stored and answered, no more (P12).
#pragma once

#include <string_view>

namespace gatehouse::dispatch {

// Names as in Storeganise's help centre, "Webhooks".
bool asks_for_a_look(std::string_view event_type);

}  // namespace gatehouse::dispatch
