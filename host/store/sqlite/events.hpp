// The table of events: the inbox. [writer's thread]
#pragma once

#include <cstdint>

#include "store/sqlite/write_context.hpp"
#include "store/store.hpp"

namespace gatehouse::store::sqlite {

// The event, its steps, its tasks and the use of its secret; or one more copy of a known event.
Appended append_event(WriteContext& context, const NewEvent& event);

// With its steps and marks; its sender's id stays known.
void remove_event(Database& database, std::int64_t id);

// Each says how many went, of at most `limit`.
std::int64_t forget_ids(Database& database, UnixMs before_ms, std::int64_t limit);
std::int64_t forget_dead_events(Database& database, UnixMs before_ms, std::int64_t limit);
std::int64_t forget_events(WriteContext& context, UnixMs before_ms, std::int64_t limit);

}  // namespace gatehouse::store::sqlite
