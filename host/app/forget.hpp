// Retention: what is older than the configuration keeps is deleted, a little at a time.
#pragma once

#include "base/clock.hpp"
#include "config/config.hpp"
#include "store/store.hpp"

namespace gatehouse::app {

// Deletes one batch of old events and one of old access events. True if there may be more: then
// call again, soon. Cheap when there are none; a store that cannot be written makes a line in the
// log and is asked again the next time. [any thread; blocks for commits]
bool forget_some(store::Store& store, const config::Store& settings, UnixMs now_ms);

}  // namespace gatehouse::app
