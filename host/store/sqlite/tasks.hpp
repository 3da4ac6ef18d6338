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

// A rental's task is many events' at once (marks tell which), and an alert's is nobody's.
inline bool belongs_to_an_event(dispatch::TaskKind kind) {
    return kind != dispatch::TaskKind::kReconcile && kind != dispatch::TaskKind::kAlert;
}

// Coalesces as dispatch/task.hpp says, and marks the rental for the event that asks. kInvalid
// without a business or key, kNotFound if the event that asks is not the business's.
Result<void> enqueue(WriteContext& context, const dispatch::NewTask& task);

// The same without bringing the asking event up to date, which takes longer the more rentals it
// marked: for the many that one run asks for. Gives that event, which the caller must refresh; 0 =
// none.
Result<std::int64_t> enqueue_unrefreshed(WriteContext& context, const dispatch::NewTask& task);

// The same for an event that was stored in this very transaction, and whose state is known.
void enqueue_for_new_event(WriteContext& context, std::int64_t business, std::int64_t event_id,
                           dispatch::NewTask task);

dispatch::Leased lease(WriteContext& context, const std::vector<dispatch::Turn>& turns,
                       UnixMs now_ms, UnixMs lease_until_ms);

void reclaim_leases(WriteContext& context);

}  // namespace gatehouse::store::sqlite
