// The queue: a table. (business, kind, key) is unique in it. [writer's thread]
//
// Every function leaves its outcome in the database's status as well; a Result tells what is not
// the database's fault.
#pragma once

#include <cstdint>
#include <vector>

#include "dispatch/task_queue.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// Coalesces as dispatch/task.hpp says, and marks the rental for the event that asks. kInvalid
// without a business or key, kNotFound if the event that asks is not the business's.
Result<void> enqueue(WriteContext& context, const dispatch::NewTask& task);

// The same for an event that was stored in this very transaction, and whose state is known.
void enqueue_for_new_event(WriteContext& context, std::int64_t business, std::int64_t event_id,
                           dispatch::NewTask task);

dispatch::Leased lease(WriteContext& context, const std::vector<dispatch::Turn>& turns,
                       UnixMs now_ms, UnixMs lease_until_ms);

// A kDead run whose key was enqueued again meanwhile makes no letter: the task starts afresh.
Result<void> complete(WriteContext& context, const dispatch::Completion& completion);

void reclaim_leases(WriteContext& context);

}  // namespace gatehouse::store::sqlite
