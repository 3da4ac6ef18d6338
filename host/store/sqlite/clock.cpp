#include "store/sqlite/clock.hpp"

#include <algorithm>
#include <set>

#include "dispatch/care_task.hpp"

namespace gatehouse::store::sqlite {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// Looks (2) that are due later than this after the old time of day wait for a date out of the
// facts, such as an end of a rental: it is right by any clock. Delays are shorter, and other kinds
// have no dates.
constexpr std::int64_t kLongestDelayMs = kDayMs;

bool is_delay(dispatch::TaskKind kind, UnixMs due_ms, UnixMs old_now_ms) {
    return kind != dispatch::TaskKind::kReconcile || due_ms <= old_now_ms + kLongestDelayMs;
}

UnixMs moved_back(dispatch::TaskKind kind, UnixMs due_ms, const BackMove& move) {
    const bool is_to_move =
        due_ms > move.now_ms && is_delay(kind, due_ms, move.now_ms + move.back_ms);
    return is_to_move ? std::max(move.now_ms, due_ms - move.back_ms) : due_ms;
}

// One statement for both ways: a delay ends when it would have ended, and an attempt began as long
// ago as it did. A clock that went forward has already made everything due that it can.
//
// Care (8) catches up from where it began, which is a fact; but while a clock was far ahead it
// asked for what had not happened yet, so it reaches back.
void move_some(Database& database, std::int64_t by_ms, UnixMs now_ms, std::int64_t after_id,
               std::int64_t last_id) {
    const UnixMs old_now_ms = now_ms - by_ms;
    const UnixMs last_ms = old_now_ms + kLongestDelayMs;
    const std::int64_t back_ms = std::min<std::int64_t>(by_ms, 0);
    run(database,
        "UPDATE tasks SET "
        "due_ms = iif(due_ms > ?1 AND (kind <> 2 OR due_ms <= ?2), max(?1, due_ms + ?3), due_ms), "
        "asked_due_ms = iif(asked_due_ms > ?1 AND (kind <> 2 OR asked_due_ms <= ?2), "
        "max(?1, asked_due_ms + ?3), asked_due_ms), "
        "first_due_ms = iif(kind = 8, iif(?7 > 0, iif(first_due_ms > 0, min(first_due_ms, ?7), "
        "?7), "
        "first_due_ms), "
        "iif(first_due_ms > 0, first_due_ms + ?4, 0)) "
        "WHERE id > ?5 AND id <= ?6",
        now_ms, last_ms, back_ms, by_ms, after_id, last_id, care_from_ms(now_ms, -by_ms));
}

}  // namespace

UnixMs care_from_ms(UnixMs now_ms, std::int64_t back_ms) {
    return back_ms < dispatch::kCareOverlapMs ? 0 : now_ms - kDayMs;
}

std::optional<dispatch::Completion> redated(const WriteContext& context,
                                            const dispatch::Completion& completion,
                                            dispatch::TaskKind kind) {
    if (!completion.began_ns) return std::nullopt;
    std::optional<dispatch::Completion> mended;
    for (const BackMove& move : context.back_moves()) {
        if (move.at_ns < *completion.began_ns) continue;
        if (!mended) mended = completion;
        mended->retry_due_ms = moved_back(kind, mended->retry_due_ms, move);
        if (mended->again_ms) mended->again_ms = moved_back(kind, *mended->again_ms, move);
        for (dispatch::NewTask& task : mended->follow_ups) {
            task.due_ms = moved_back(task.kind, task.due_ms, move);
        }
    }
    return mended;
}

std::optional<UnixMs> read_seen_ms(Database& database) {
    return number(database, "SELECT seen_ms FROM clock WHERE id = 1");
}

std::int64_t move_tasks(WriteContext& context, std::int64_t by_ms, std::int64_t after_id,
                        std::int64_t most) {
    Database& database = context.database();
    if (after_id == 0 && by_ms < 0) context.note_back_move(-by_ms);
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
    const std::int64_t most_ms = std::max<std::int64_t>(at_most_ms, 0);
    const UnixMs after_ms = std::clamp(now_ms, *before_ms - most_ms, *before_ms + most_ms);
    if (after_ms != *before_ms) {
        run(database, "UPDATE clock SET retention_ms = ? WHERE id = 1", after_ms);
    }
    return after_ms;
}

UnixMs note_check(WriteContext& context, UnixMs found_ms) {
    Database& database = context.database();
    const UnixMs known_ms =
        number(database, "SELECT checked_ms FROM clock WHERE id = 1").value_or(0);
    if (found_ms == 0 || found_ms == known_ms) return known_ms;
    run(database, "UPDATE clock SET checked_ms = ? WHERE id = 1", found_ms);
    return found_ms;
}

}  // namespace gatehouse::store::sqlite
