#include "store/sqlite/completions.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "store/sqlite/access_events.hpp"
#include "store/sqlite/alerts.hpp"
#include "store/sqlite/clock.hpp"
#include "store/sqlite/dead_letters.hpp"
#include "store/sqlite/marks.hpp"
#include "store/sqlite/rentals.hpp"
#include "store/sqlite/steps.hpp"
#include "store/sqlite/tasks.hpp"
#include "store/sqlite/transfers.hpp"

namespace gatehouse::store::sqlite {
namespace {

using dispatch::Completion;
using dispatch::NewTask;
using dispatch::Priority;
using dispatch::TaskFlags;
using dispatch::TaskKind;
using Outcome = dispatch::Completion::Outcome;

// What a waiting task is asked for.
struct Wanted {
    UnixMs due_ms = 0;
    Priority priority = Priority::kNormal;
    TaskFlags flags = 0;
};

struct Row {
    TaskKey key;
    std::string business;
    int attempts = 0;
    std::int64_t generation = 0;
    std::int64_t event_id = 0;
    Wanted wanted;  // of the run
    Wanted asked;   // since its lease; as `wanted` if nothing was
};

std::optional<Row> leased_row(Database& database, std::int64_t task_id) {
    Query query(database,
                "SELECT business, kind, key, attempts, generation, event_id, due_ms, priority, "
                "flags, coalesce(asked_due_ms, due_ms), coalesce(asked_priority, priority), "
                "coalesce(asked_flags, flags), (SELECT name FROM names WHERE id = business) "
                "FROM tasks WHERE id = ? AND leased_until_ms > 0",
                task_id);
    if (!query.next()) return std::nullopt;
    Row row;
    row.key = {query.integer(0), query.word<TaskKind>(1), query.text(2)};
    row.attempts = static_cast<int>(query.integer(3));
    row.generation = query.integer(4);
    row.event_id = query.integer(5);
    row.wanted = {query.integer(6), query.word<Priority>(7),
                  static_cast<TaskFlags>(query.integer(8))};
    row.asked = {query.integer(9), query.word<Priority>(10),
                 static_cast<TaskFlags>(query.integer(11))};
    row.business = query.text(12);
    return row;
}

void add_steps(WriteContext& context, const Row& row, const Completion& completion) {
    Database& database = context.database();
    if (row.key.kind == TaskKind::kReconcile) {
        add_rental_steps(database, row.key.business, row.key.key, completion.steps);
    } else if (belongs_to_an_event(row.key.kind) && row.event_id != 0) {
        add_event_steps(database, row.event_id, completion.steps);
    } else {
        add_rental_steps(database, row.key.business,
                         std::string(to_string(row.key.kind)) + ":" + row.key.key,
                         completion.steps);
    }
}

tl::unexpected<Error> not_leased(std::int64_t task_id) {
    return fail(ErrorKind::kConflict, "task " + std::to_string(task_id) + " is not leased");
}

void put_access_events(WriteContext& context, const Completion& completion, std::size_t first,
                       std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
        put_access_event(context, completion.access_events[i]);
    }
}

void put_products(WriteContext& context, const Completion& completion, std::size_t events_put) {
    if (completion.rental) put_rental(context, *completion.rental);
    for (const access::TransferLink& link : completion.transfers) {
        put_transfer(context, link);
    }
    put_access_events(context, completion, events_put, completion.access_events.size());
    if (completion.alert) note_alert_result(context, *completion.alert);
}

void remove_task(Database& database, std::int64_t task_id) {
    run(database, "DELETE FROM tasks WHERE id = ?", task_id);
}

void release(Database& database, std::int64_t task_id, const Wanted& wanted,
             const std::optional<Error>& error) {
    run(database,
        "UPDATE tasks SET leased_until_ms = 0, due_ms = ?, priority = ?, flags = ?, "
        "last_error = ?, asked_due_ms = NULL, asked_priority = NULL, asked_flags = NULL "
        "WHERE id = ?",
        wanted.due_ms, wanted.priority, wanted.flags, error ? error->message : std::string(),
        task_id);
}

// The lease counted the run as an attempt, which it was not.
void take_back_attempt(Database& database, std::int64_t task_id) {
    run(database, "UPDATE tasks SET attempts = max(attempts - 1, 0) WHERE id = ?", task_id);
}

// A timer, or the next turn of something periodic: as if it had just been enqueued, by nobody.
void begin_anew(Database& database, std::int64_t task_id, UnixMs due_ms, Priority priority) {
    run(database, "UPDATE tasks SET first_due_ms = 0, attempts = 0, event_id = 0 WHERE id = ?",
        task_id);
    release(database, task_id, {due_ms, priority, 0}, std::nullopt);
}

// A look that is due again already is in the middle of its work.
bool is_over(const WriteContext& context, const Completion& completion) {
    return !completion.again_ms || *completion.again_ms > context.now_ms();
}

void end_well(WriteContext& context, const Row& row, const Completion& completion) {
    remove_dead_letter(context.database(), row.key);
    if (row.key.kind == TaskKind::kReconcile && is_over(context, completion)) {
        settle_marks(context, row.key.business, row.key.key, completion.generation);
    }
}

void end_dead(WriteContext& context, const Row& row, const Completion& completion) {
    add_dead_letter(context, row.key,
                    {row.attempts, row.event_id, row.wanted.priority, row.wanted.flags,
                     completion.error.value_or(Error{ErrorKind::kInternal, "no reason given"})});
    if (row.key.kind == TaskKind::kReconcile) {
        set_marks_dead(context, row.key.business, row.key.key, true);
    }
}

// Somebody asked while it ran, and left a fresh budget. A run that did not end well leaves its own
// work to the next one.
Wanted wanted_next(const Row& row, const Completion& completion) {
    Wanted next = row.asked;
    if (completion.outcome == Outcome::kDone) {
        if (completion.again_ms) next.due_ms = std::min(next.due_ms, *completion.again_ms);
        return next;
    }
    next.priority = std::min(row.asked.priority, row.wanted.priority);
    next.flags = dispatch::combined(row.wanted.flags, row.asked.flags);
    if (completion.outcome == Outcome::kRetry) {
        next.due_ms = std::min(next.due_ms, completion.retry_due_ms);
    }
    return next;
}

void end_lease(WriteContext& context, const Row& row, const Completion& completion) {
    Database& database = context.database();
    const std::int64_t task_id = completion.task_id;
    const bool was_asked_again = row.generation != completion.generation;
    const bool is_done = completion.outcome == Outcome::kDone;
    if (is_done) end_well(context, row, completion);
    if (was_asked_again) {
        release(database, task_id, wanted_next(row, completion), completion.error);
    } else if (completion.outcome == Outcome::kRetry) {
        release(database, task_id, {completion.retry_due_ms, row.wanted.priority, row.wanted.flags},
                completion.error);
        if (!completion.is_attempt) take_back_attempt(database, task_id);
    } else if (is_done && completion.again_ms) {
        const bool is_timer = is_over(context, completion);
        begin_anew(database, task_id, *completion.again_ms,
                   is_timer ? Priority::kNormal : row.wanted.priority);
    } else {
        remove_task(database, task_id);
        if (!is_done) end_dead(context, row, completion);
    }
    context.touch(row.key.business);
}

}  // namespace

Result<void> put_some_access_events(WriteContext& context, const Completion& completion,
                                    std::size_t first, std::size_t count) {
    if (!leased_row(context.database(), completion.task_id)) return not_leased(completion.task_id);
    put_access_events(context, completion, first,
                      std::min(first + count, completion.access_events.size()));
    return {};
}

Result<void> complete(WriteContext& context, const Completion& asked, std::size_t events_put) {
    const std::optional<Row> row = leased_row(context.database(), asked.task_id);
    if (!row) return not_leased(asked.task_id);
    const std::optional<Completion> mended = redated(context, asked, row->key.kind);
    const Completion& completion = mended ? *mended : asked;
    add_steps(context, *row, completion);
    put_products(context, completion, events_put);
    end_lease(context, *row, completion);
    if (mended && row->key.kind == TaskKind::kCare) {
        run(context.database(), "UPDATE tasks SET first_due_ms = ? WHERE id = ?",
            care_from_ms(context.now_ms(), context.moved_back_ms_since(*asked.began_ns)),
            asked.task_id);
    }
    const std::int64_t event_id = belongs_to_an_event(row->key.kind) ? row->event_id : 0;
    std::set<std::int64_t> event_ids{event_id};
    for (NewTask follow_up : completion.follow_ups) {
        if (follow_up.event_id == 0) follow_up.event_id = event_id;
        const Result<std::int64_t> asking = enqueue_unrefreshed(context, follow_up);
        if (!asking) return tl::unexpected(asking.error());
        event_ids.insert(*asking);
    }
    if (auto changed = change_alerts(context, row->business, completion.alert_changes); !changed) {
        return changed;
    }
    // After the follow-ups: what they marked keeps the event open.
    for (const std::int64_t id : event_ids) {
        if (id != 0) refresh_event(context, id);
    }
    return {};
}

}  // namespace gatehouse::store::sqlite
