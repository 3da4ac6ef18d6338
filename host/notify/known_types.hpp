// The event types that routes are known to be of use for. Others come too and can be routed.
#pragma once

#include <string>
#include <vector>

namespace gatehouse::notify {

// Those of Storeganise's page on webhooks, those seen beside it, and Gatehouse's own alerts.
// [any thread]
const std::vector<std::string>& known_types();

}  // namespace gatehouse::notify
