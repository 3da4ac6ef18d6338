#include "store/sqlite/clock.hpp"

#include <algorithm>
#include <set>

namespace gatehouse::store::sqlite {
namespace {

// What is due later than this after the old time of day is a date out of the facts, such as an end
// of a rental: it is right by any clock. Delays are shorter.
constexpr std::int64_t kLongestDelayMs = 86'400'000;

// One statement for both ways: a delay ends when it would have ended, and an attempt began as long
// ago as it did; but for care (8), which catches up from there. A clock that went forward has
// already made everything due that it can.
void move_some(Database& database, std::int64_t by_ms, UnixMs now_ms, std::int64_t after_id,
               std::int64_t last_id) {
    const UnixMs old_now_ms = now_ms - by_ms;
    const UnixMs last_ms = old_now_ms + kLongestDelayMs;
    const std::int64_t back_ms = std::min<std::int64_t>(by_ms, 0);
    run(database,
        "UPDATE tasks SET "
        "due_ms = iif(due_ms > ?1 AND due_ms <= ?2, max(?1, due_ms + ?3), due_ms), "
        "asked_due_ms = iif(asked_due_ms > ?1 AND asked_due_ms <= ?2, "
        "max(?1, asked_due_ms + ?3), asked_due_ms), "
        "first_due_ms = iif(first_due_ms > 0 AND kind <> 8, first_due_ms + ?4, first_due_ms) "
        "WHERE id > ?5 AND id <= ?6",
        now_ms, last_ms, back_ms, by_ms, after_id, last_id);
}

}  // namespace

std::optional<UnixMs> read_seen_ms(Database& database) {
    return number(database, "SELECT seen_ms FROM clock WHERE id = 1");
}

std::int64_t move_tasks(WriteContext& context, std::int64_t by_ms, std::int64_t after_id,
                        std::int64_t most) {
    Database& database = context.database();
    std::int64_t last_id = 0;
    std::set<std::int64_t> businesses;
    {
        Query query(database, "SELECT id, business FROM tasks WHERE id > ? ORDER BY id LIMIT ?",
                    after_id, most);
        while (query.next()) {
            last_id = query.integer(0);
            businesses.insert(query.integer(1));
        }
    }
    if (last_id == 0) return 0;
    move_some(database, by_ms, context.now_ms(), after_id, last_id);
    if (by_ms < 0) {
        for (const std::int64_t business : businesses) {
            context.touch(business);
        }
    }
    return last_id;
}

UnixMs advance_retention(WriteContext& context, std::int64_t at_most_ms) {
    Database& database = context.database();
    const UnixMs now_ms = context.now_ms();
    const auto before_ms = number(database, "SELECT retention_ms FROM clock WHERE id = 1");
    if (!before_ms) return 0;
    const UnixMs after_ms = std::min(now_ms, *before_ms + std::max<std::int64_t>(at_most_ms, 0));
    if (after_ms != *before_ms) {
        run(database, "UPDATE clock SET retention_ms = ? WHERE id = 1", after_ms);
    }
    return after_ms;
}

}  // namespace gatehouse::store::sqlite
