// What the database knows of the time of day, and what becomes of its tasks when that was wrong.
// Every function leaves its outcome in the database's status. [writer's thread]
#pragma once

#include <cstdint>
#include <optional>

#include "dispatch/task.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// The time of day at one of the last commits, to a minute. Nothing in a database that never had
// any.
std::optional<UnixMs> read_seen_ms(Database& database);

// After a move of the clock, for the tasks with ids after `after_id`, at most `most` of them; gives
// the last id that it looked at, 0 when there are no more.
std::int64_t move_tasks(WriteContext& context, std::int64_t by_ms, std::int64_t after_id,
                        std::int64_t most);

// What a run that was under way when the clock went back produced, with its delays moved as those
// of waiting tasks are; nothing if the clock did not go back.
std::optional<dispatch::Completion> redated(const WriteContext& context,
                                            const dispatch::Completion& completion,
                                            dispatch::TaskKind kind);

// Since when care asks for events after the clock went back by `back_ms`: what happened while it
// was ahead was never asked for. 0 if care's overlap covers that.
UnixMs care_from_ms(UnixMs now_ms, std::int64_t back_ms);

// The time up to which retention may count: the time of day, but never further than `at_most_ms`
// from what it was at the last call.
UnixMs advance_retention(WriteContext& context, std::int64_t at_most_ms);

// When the file was last found whole, `found_ms` included if it is not 0.
UnixMs note_check(WriteContext& context, UnixMs found_ms);

}  // namespace gatehouse::store::sqlite
