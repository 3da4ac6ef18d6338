// The table of events: the inbox. [writer's thread]
#pragma once

#include <cstdint>

#include "store/sqlite/write_context.hpp"
#include "store/store.hpp"

namespace gatehouse::store::sqlite {

// The event, its steps, its tasks and the use of its secret; or one more copy of a known event.
Appended append_event(WriteContext& context, const NewEvent& event);

std::int64_t forget_events(WriteContext& context, UnixMs before_ms, std::int64_t limit);

}  // namespace gatehouse::store::sqlite
