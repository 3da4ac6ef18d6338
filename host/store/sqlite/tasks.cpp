#include "store/sqlite/tasks.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "store/sqlite/marks.hpp"
#include "store/sqlite/names.hpp"

namespace gatehouse::store::sqlite {
namespace {

using dispatch::NewTask;
using dispatch::TaskKind;

// 0 if the key is no event's id.
std::int64_t event_id_of(const std::string& key) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    return error == std::errc() && end == key.data() + key.size() ? id : 0;
}

// `first_due_ms` of a budget whose first run is still to come.
constexpr UnixMs kNotBegun = 0;

// dispatch::combined() as a text of SQL: what is older and what is newer.
#define UNSAID(older, newer)                                                              \
    "(" older " & ~(iif(" newer " & 24, 24, 0) | iif(" newer " & 96, 96, 0) | iif(" newer \
    " & 384, 384, 0)))"
#define COMBINED(older, newer) \
    "(((" UNSAID(older, newer) " | " newer ") & ~1) | (" older " & " newer " & 1))"
static_assert((dispatch::kSaysMovedIn | dispatch::kSaysOver) == 24 &&
              (dispatch::kSaysOverdue | dispatch::kSaysPaid) == 96 &&
              (dispatch::kSaysLeaving | dispatch::kSaysStaying) == 384 && dispatch::kSwept == 1);

#define INSERT_TASK                                                                             \
    "INSERT INTO tasks (business, kind, key, due_ms, first_due_ms, event_id, priority, flags) " \
    "VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7) ON CONFLICT (business, kind, key) "

// Returns the task's generation; 0 if one of this key waits already and was to be left alone.
//
// What a leased task is asked for lies beside what its run was asked for. A rental's task names the
// newest event that asked for it; another kind's belongs to one event, which it keeps open.
std::int64_t put_row(Database& database, std::int64_t business, const NewTask& task) {
    std::string_view sql = INSERT_TASK
        "DO UPDATE SET "
        "due_ms = iif(leased_until_ms > 0, due_ms, min(due_ms, ?4)), "
        "priority = iif(leased_until_ms > 0, priority, min(priority, ?6)), "
        "flags = iif(leased_until_ms > 0, flags, " COMBINED("flags", "?7") "), "
        "asked_due_ms = iif(leased_until_ms > 0, min(coalesce(asked_due_ms, ?4), ?4), NULL), "
        "asked_priority = iif(leased_until_ms > 0, min(coalesce(asked_priority, ?6), ?6), NULL), "
        "asked_flags = iif(leased_until_ms > 0, " COMBINED("coalesce(asked_flags, ?7)", "?7")
        ", NULL), "
        "first_due_ms = 0, attempts = 0, generation = generation + 1, "
        "event_id = iif(?5 = 0 OR (event_id <> 0 AND kind <> 2), event_id, ?5) "
        "RETURNING generation";
    if (task.only_if_absent) {
        sql = task.pushes_back ? INSERT_TASK
                  "DO UPDATE SET "
                  "first_due_ms = iif(first_due_ms = 0, due_ms, first_due_ms), "
                  "due_ms = max(due_ms, ?4) RETURNING generation"
                               : INSERT_TASK "DO NOTHING RETURNING generation";
    }
    Query query(database, sql, business, task.kind, task.key, task.due_ms, task.event_id,
                task.priority, task.flags);
    return query.next() ? query.integer(0) : 0;
}

void put_task(WriteContext& context, std::int64_t business, const NewTask& task) {
    const std::int64_t generation = put_row(context.database(), business, task);
    if (generation == 0) return;
    context.touch(business);
    if (task.kind == TaskKind::kReconcile && task.event_id != 0) {
        mark_rental(context, task.event_id, business, task.key, generation);
    }
}

// What a turn takes from.
struct Due {
    std::string business;
    dispatch::Priority priority = dispatch::Priority::kUrgent;
    UnixMs by_ms = 0;
};

// Reads due tasks, the earliest first, until `leased` holds `most` of them.
void read_due(WriteContext& context, const Due& due, std::size_t most,
              std::vector<dispatch::Task>& leased) {
    Query query(
        context.database(),
        "SELECT t.id, t.kind, t.key, t.attempts, t.first_due_ms, t.generation, t.flags, e.id, "
        "e.type, e.body, t.last_error, e.sender_id, " NAME_OF(
            "e.source") ", t.due_ms FROM tasks AS t LEFT JOIN events AS e "
        "ON t.kind NOT IN (2, 7) AND e.id = t.event_id "
        "WHERE t.business = ? AND t.priority = ? AND t.leased_until_ms = 0 AND t.due_ms <= ? "
        "ORDER BY t.due_ms LIMIT ?",
        context.name_id(due.business), due.priority, due.by_ms, most - leased.size());
    while (query.next()) {
        dispatch::Task task;
        task.id = query.integer(0);
        task.business = due.business;
        task.kind = query.word<TaskKind>(1);
        task.key = query.text(2);
        task.attempt = static_cast<int>(query.integer(3)) + 1;
        task.first_due_ms = query.integer(4);
        if (task.first_due_ms == kNotBegun) {
            // Care asks for what happened since it was due: its last good run was shortly before.
            const bool is_care = task.kind == TaskKind::kCare;
            task.first_due_ms = is_care ? std::min(query.integer(13), due.by_ms) : due.by_ms;
        }
        task.tried_ms = due.by_ms - task.first_due_ms;
        task.generation = query.integer(5);
        task.flags = static_cast<dispatch::TaskFlags>(query.integer(6));
        task.event_id = query.integer(7);
        task.event_type = query.text(8);
        task.event_body = query.text(9);
        task.last_error = query.text(10);
        task.priority = due.priority;
        task.event_sender_id = query.text(11);
        task.event_source = query.text(12);
        leased.push_back(std::move(task));
    }
}

void take(WriteContext& context, const Due& due, UnixMs lease_until_ms, std::size_t most,
          std::vector<dispatch::Task>& leased) {
    const std::size_t first = leased.size();
    if (first >= most) return;
    read_due(context, due, most, leased);
    for (std::size_t i = first; i < leased.size(); ++i) {
        run(context.database(),
            "UPDATE tasks SET leased_until_ms = ?, attempts = attempts + 1, first_due_ms = ?, "
            "asked_due_ms = NULL, asked_priority = NULL, asked_flags = NULL WHERE id = ?",
            lease_until_ms, leased[i].first_due_ms, leased[i].id);
    }
}

void lease_turn(WriteContext& context, const dispatch::Turn& turn, UnixMs now_ms,
                UnixMs lease_until_ms, dispatch::Leased& leased) {
    const std::size_t first = leased.tasks.size();
    const std::size_t most = first + static_cast<std::size_t>(std::max(0, turn.count));
    for (const auto priority : {dispatch::Priority::kUrgent, dispatch::Priority::kNormal}) {
        if (turn.priority.value_or(priority) != priority) continue;
        take(context, {turn.business, priority, now_ms}, lease_until_ms, most, leased.tasks);
    }
    for (const auto priority : {dispatch::Priority::kUrgent, dispatch::Priority::kNormal}) {
        const auto next = context.next_due_ms(context.name_id(turn.business), priority);
        if (next) leased.next_due.push_back({turn.business, *next, priority});
    }
}

}  // namespace

Result<void> enqueue(WriteContext& context, const NewTask& asked) {
    const Result<std::int64_t> event_id = enqueue_unrefreshed(context, asked);
    if (!event_id) return tl::unexpected(event_id.error());
    if (*event_id != 0) refresh_event(context, *event_id);
    return {};
}

Result<std::int64_t> enqueue_unrefreshed(WriteContext& context, const NewTask& asked) {
    NewTask task = asked;
    if (task.kind == TaskKind::kAlert) task.event_id = 0;
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
    return task.event_id;
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

// The runs may have done nothing: what they were asked and what was asked meanwhile is all to do.
// They may as well have reached the vendor without a word of it here, so looks must not trust the
// record.
void reclaim_leases(WriteContext& context) {
    run(context.database(),
        "UPDATE tasks SET leased_until_ms = 0, priority = min(priority, coalesce(asked_priority, "
        "priority)), flags = " COMBINED("flags", "coalesce(asked_flags, flags)")
        " | iif(kind = ?1, ?2, 0), "
        "asked_due_ms = NULL, asked_priority = NULL, asked_flags = NULL "
        "WHERE leased_until_ms > 0",
        TaskKind::kReconcile, static_cast<std::int64_t>(dispatch::kVerify));
}

}  // namespace gatehouse::store::sqlite
