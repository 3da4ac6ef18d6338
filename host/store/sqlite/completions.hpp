// The end of a task's run, with everything that it produced. [writer's thread]
#pragma once

#include "dispatch/task.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// kConflict if the task is not leased. A kDead run whose key was enqueued again meanwhile makes no
// letter: the task starts afresh.
Result<void> complete(WriteContext& context, const dispatch::Completion& completion);

}  // namespace gatehouse::store::sqlite
