#include "store/sqlite/dead_letters.hpp"

#include "store/sqlite/marks.hpp"
#include "store/sqlite/tasks.hpp"

namespace gatehouse::store::sqlite {
namespace {

tl::unexpected<Error> no_letter(std::int64_t id) {
    return fail(ErrorKind::kNotFound, "no dead letter " + std::to_string(id));
}

}  // namespace

void add_dead_letter(WriteContext& context, const TaskKey& key, const LastRun& last) {
    Database& database = context.database();
    remove_dead_letter(database, key);
    run(database,
        "INSERT INTO dead_letters (business, kind, key, attempts, died_ms, event_id, error_kind, "
        "error_message, priority, flags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        key.business, key.kind, key.key, last.attempts, context.now_ms(), last.event_id,
        last.error.kind, last.error.message, last.priority, last.flags);
}

void remove_dead_letter(Database& database, const TaskKey& key) {
    run(database, "DELETE FROM dead_letters WHERE business = ? AND kind = ? AND key = ?",
        key.business, key.kind, key.key);
}

Result<void> replay_dead_letter(WriteContext& context, std::int64_t id, UnixMs now_ms) {
    Database& database = context.database();
    dispatch::NewTask task;
    TaskKey key;
    {
        Query letter(database,
                     "SELECT (SELECT name FROM names WHERE names.id = business), business, kind, "
                     "key, event_id, priority, flags FROM dead_letters WHERE id = ?",
                     id);
        if (!letter.next()) return no_letter(id);
        key = {letter.integer(1), letter.word<dispatch::TaskKind>(2), letter.text(3)};
        task = {letter.text(0),
                key.kind,
                key.key,
                now_ms,
                letter.integer(4),
                letter.word<dispatch::Priority>(5),
                static_cast<dispatch::TaskFlags>(letter.integer(6))};
    }
    remove_dead_letter(database, key);
    if (key.kind == dispatch::TaskKind::kReconcile) {
        // The marks are still there; the asking event need not be marked again.
        set_marks_dead(context, key.business, key.key, false);
        task.event_id = 0;
    }
    return enqueue(context, task);
}

std::int64_t forget_dead_letters(Database& database, UnixMs before_ms, std::int64_t limit) {
    run(database,
        "DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE died_ms < ? "
        "ORDER BY died_ms LIMIT ?)",
        before_ms, limit);
    return database.changes();
}

Result<void> discard_dead_letter(Database& database, std::int64_t id) {
    {
        Query letter(database, "SELECT 1 FROM dead_letters WHERE id = ?", id);
        if (!letter.next()) return no_letter(id);
    }
    run(database, "DELETE FROM dead_letters WHERE id = ?", id);
    return {};
}

}  // namespace gatehouse::store::sqlite
