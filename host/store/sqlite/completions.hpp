// The end of a task's run, with everything that it produced. [writer's thread]
#pragma once

#include <cstddef>

#include "dispatch/task.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// kConflict if the task is not leased. A kDead run whose key was enqueued again meanwhile makes no
// letter: the task starts afresh. The first `events_put` access events are not put: they were, by
// put_some_access_events().
Result<void> complete(WriteContext& context, const dispatch::Completion& completion,
                      std::size_t events_put = 0);

// Puts `count` of the run's access events, from `first` on, before its end: senders wait behind
// each operation, and a run can bring a hundred thousand. Repeating it changes nothing. kConflict
// as complete().
Result<void> put_some_access_events(WriteContext& context, const dispatch::Completion& completion,
                                    std::size_t first, std::size_t count);

}  // namespace gatehouse::store::sqlite
