// Kisi's events as access events (schemas/inbound.parse.result.json). Pure.
#pragma once

#include <string>
#include <vector>

#include "gatehouse/plugin.hpp"

namespace gatehouse::kisi {

// Whether it has what every event of Kisi has: a type and an id.
bool is_event(const sdk::Json& event);

// Members that are not known are passed over, a type that is not known becomes "other". Throws
// Error(kInvalid) if it is no event of Kisi.
sdk::Json to_access_event(const sdk::Json& event);

// What the webhook is registered for.
const std::vector<std::string>& event_types();

}  // namespace gatehouse::kisi
