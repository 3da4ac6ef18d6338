// Dead letters: at most one for each (business, kind, key), the newest. [writer's thread]
#pragma once

#include <cstdint>
#include <string>

#include "dispatch/task_queue.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// A key within the queue.
struct TaskKey {
    std::int64_t business = 0;
    dispatch::TaskKind kind = dispatch::TaskKind::kResolve;
    std::string key;
};

// What the task was when it was given up. A replay is asked for the same.
struct LastRun {
    int attempts = 0;
    std::int64_t event_id = 0;
    dispatch::Priority priority = dispatch::Priority::kNormal;
    dispatch::TaskFlags flags = 0;
    Error error;
};

void add_dead_letter(WriteContext& context, const TaskKey& key, const LastRun& last);

// A run of this key ended well.
void remove_dead_letter(Database& database, const TaskKey& key);

Result<void> replay_dead_letter(WriteContext& context, std::int64_t id, UnixMs now_ms);

// Says how many went, of at most `limit`.
std::int64_t forget_dead_letters(Database& database, UnixMs before_ms, std::int64_t limit);

Result<void> discard_dead_letter(Database& database, std::int64_t id);

}  // namespace gatehouse::store::sqlite
