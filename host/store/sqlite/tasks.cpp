#include "store/sqlite/tasks.hpp"

#include <charconv>
#include <string>
#include <utility>

#include "store/sqlite/dead_letters.hpp"
#include "store/sqlite/marks.hpp"
#include "store/sqlite/rentals.hpp"
#include "store/sqlite/steps.hpp"

namespace gatehouse::store::sqlite {
namespace {

using dispatch::Completion;
using dispatch::NewTask;
using dispatch::TaskKind;

// 0 if the key is no event's id.
std::int64_t event_id_of(const std::string& key) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    return error == std::errc() && end == key.data() + key.size() ? id : 0;
}

// Returns the task's generation.
std::int64_t put_row(Database& database, std::int64_t business, const NewTask& task) {
    Query query(database,
                "INSERT INTO tasks (business, kind, key, due_ms, first_due_ms, event_id) "
                "VALUES (?1, ?2, ?3, ?4, ?4, ?5) ON CONFLICT (business, kind, key) DO UPDATE "
                "SET due_ms = min(due_ms, excluded.due_ms), first_due_ms = excluded.first_due_ms, "
                "attempts = 0, generation = generation + 1, "
                "event_id = iif(excluded.event_id = 0, event_id, excluded.event_id) "
                "RETURNING generation",
                business, task.kind, task.key, task.due_ms, task.event_id);
    return query.next() ? query.integer(0) : 0;
}

void put_task(WriteContext& context, std::int64_t business, const NewTask& task) {
    const std::int64_t generation = put_row(context.database(), business, task);
    context.touch(business);
    if (task.kind == TaskKind::kReconcile && task.event_id != 0) {
        mark_rental(context, task.event_id, business, task.key, generation);
    }
}

struct Row {
    TaskKey key;
    int attempts = 0;
    std::int64_t generation = 0;
    std::int64_t event_id = 0;
};

std::optional<Row> leased_row(Database& database, std::int64_t task_id) {
    Query query(database,
                "SELECT business, kind, key, attempts, generation, event_id FROM tasks "
                "WHERE id = ? AND leased_until_ms > 0",
                task_id);
    if (!query.next()) return std::nullopt;
    Row row;
    row.key = {query.integer(0), query.word<TaskKind>(1), query.text(2)};
    row.attempts = static_cast<int>(query.integer(3));
    row.generation = query.integer(4);
    row.event_id = query.integer(5);
    return row;
}

void add_steps(WriteContext& context, const Row& row, const Completion& completion) {
    if (row.key.kind == TaskKind::kResolve) {
        add_event_steps(context.database(), event_id_of(row.key.key), completion.steps);
    } else {
        add_rental_steps(context.database(), row.key.business, row.key.key, completion.steps);
    }
}

void remove_task(Database& database, std::int64_t task_id) {
    run(database, "DELETE FROM tasks WHERE id = ?", task_id);
}

// Waits again from `due_ms` on.
void release(Database& database, std::int64_t task_id, std::optional<UnixMs> due_ms,
             const std::optional<Error>& error) {
    const std::string message = error ? error->message : std::string();
    if (due_ms) {
        run(database,
            "UPDATE tasks SET leased_until_ms = 0, last_error = ?, due_ms = ? WHERE id = ?",
            message, *due_ms, task_id);
    } else {
        run(database, "UPDATE tasks SET leased_until_ms = 0, last_error = ? WHERE id = ?", message,
            task_id);
    }
}

void end_well(WriteContext& context, const Row& row, const Completion& completion) {
    remove_dead_letter(context.database(), row.key);
    if (row.key.kind == TaskKind::kReconcile) {
        settle_marks(context, row.key.business, row.key.key, completion.generation);
    }
}

void end_dead(WriteContext& context, const Row& row, const Completion& completion) {
    add_dead_letter(context, row.key, row.attempts, row.event_id,
                    completion.error.value_or(Error{ErrorKind::kInternal, "no reason given"}));
    if (row.key.kind == TaskKind::kReconcile) {
        set_marks_dead(context, row.key.business, row.key.key, true);
    }
}

void end_lease(WriteContext& context, const Row& row, const Completion& completion) {
    Database& database = context.database();
    const bool was_asked_again = row.generation != completion.generation;
    if (completion.outcome == Completion::Outcome::kDone) end_well(context, row, completion);
    if (was_asked_again) {
        // Whoever asked left the due time, and a fresh budget with it.
        release(database, completion.task_id, std::nullopt, completion.error);
    } else if (completion.outcome == Completion::Outcome::kRetry) {
        release(database, completion.task_id, completion.retry_due_ms, completion.error);
    } else {
        remove_task(database, completion.task_id);
        if (completion.outcome == Completion::Outcome::kDead) end_dead(context, row, completion);
    }
    context.touch(row.key.business);
}

void lease_turn(WriteContext& context, const dispatch::Turn& turn, UnixMs now_ms,
                UnixMs lease_until_ms, dispatch::Leased& leased) {
    Database& database = context.database();
    const std::size_t first = leased.tasks.size();
    const std::int64_t business = context.name_id(turn.business);
    {
        Query query(
            database,
            "SELECT t.id, t.kind, t.key, t.attempts, t.first_due_ms, t.generation, e.id, e.type, "
            "e.body FROM tasks AS t LEFT JOIN events AS e ON t.kind = ?1 AND e.id = t.event_id "
            "WHERE t.business = ?2 AND t.leased_until_ms = 0 AND t.due_ms <= ?3 "
            "ORDER BY t.due_ms LIMIT ?4",
            TaskKind::kResolve, business, now_ms, turn.count);
        while (query.next()) {
            dispatch::Task task;
            task.id = query.integer(0);
            task.business = turn.business;
            task.kind = query.word<TaskKind>(1);
            task.key = query.text(2);
            task.attempt = static_cast<int>(query.integer(3)) + 1;
            task.first_due_ms = query.integer(4);
            task.generation = query.integer(5);
            task.event_id = query.integer(6);
            task.event_type = query.text(7);
            task.event_body = query.text(8);
            leased.tasks.push_back(std::move(task));
        }
    }
    for (std::size_t i = first; i < leased.tasks.size(); ++i) {
        run(database, "UPDATE tasks SET leased_until_ms = ?, attempts = attempts + 1 WHERE id = ?",
            lease_until_ms, leased.tasks[i].id);
    }
    const auto next = number(database,
                             "SELECT due_ms FROM tasks WHERE business = ? AND leased_until_ms = 0 "
                             "ORDER BY due_ms LIMIT 1",
                             business);
    if (next) leased.next_due.push_back({turn.business, *next});
}

}  // namespace

Result<void> enqueue(WriteContext& context, const NewTask& asked) {
    NewTask task = asked;
    if (task.kind == TaskKind::kResolve) {
        if (task.event_id == 0) task.event_id = event_id_of(task.key);
        if (task.key.empty()) task.key = std::to_string(task.event_id);
    }
    if (task.business.empty() || task.key.empty()) {
        return fail(ErrorKind::kInvalid, "a task needs a business and a key");
    }
    Database& database = context.database();
    const std::int64_t business = context.name_id(task.business);
    if ((task.event_id != 0 || task.kind == TaskKind::kResolve) &&
        number(database, "SELECT business FROM events WHERE id = ?", task.event_id) != business) {
        return fail(ErrorKind::kNotFound,
                    "no event " + std::to_string(task.event_id) + " of this business");
    }
    put_task(context, business, task);
    if (task.event_id != 0) refresh_event(context, task.event_id);
    return {};
}

void enqueue_for_new_event(WriteContext& context, std::int64_t business, std::int64_t event_id,
                           NewTask task) {
    task.event_id = event_id;
    if (task.key.empty()) task.key = std::to_string(event_id);
    put_task(context, business, task);
}

dispatch::Leased lease(WriteContext& context, const std::vector<dispatch::Turn>& turns,
                       UnixMs now_ms, UnixMs lease_until_ms) {
    dispatch::Leased leased;
    for (const dispatch::Turn& turn : turns) {
        lease_turn(context, turn, now_ms, lease_until_ms, leased);
    }
    return leased;
}

Result<void> complete(WriteContext& context, const Completion& completion) {
    const std::optional<Row> row = leased_row(context.database(), completion.task_id);
    if (!row) {
        return fail(ErrorKind::kConflict,
                    "task " + std::to_string(completion.task_id) + " is not leased");
    }
    add_steps(context, *row, completion);
    if (completion.rental) put_rental(context, *completion.rental);
    end_lease(context, *row, completion);
    const std::int64_t event_id =
        row->key.kind == TaskKind::kResolve ? event_id_of(row->key.key) : 0;
    for (NewTask follow_up : completion.follow_ups) {
        if (follow_up.event_id == 0) follow_up.event_id = event_id;
        if (auto enqueued = enqueue(context, follow_up); !enqueued) return enqueued;
    }
    // After the follow-ups: what they marked keeps the event open.
    if (event_id != 0) refresh_event(context, event_id);
    return {};
}

void reclaim_leases(WriteContext& context) {
    run(context.database(), "UPDATE tasks SET leased_until_ms = 0 WHERE leased_until_ms > 0");
}

}  // namespace gatehouse::store::sqlite
