#include "store/sqlite/marks.hpp"

#include <vector>

#include "store/sqlite/steps.hpp"
#include "store/store.hpp"

namespace gatehouse::store::sqlite {
namespace {

std::vector<std::int64_t> open_marks(Database& database, std::int64_t business,
                                     const std::string& rental_id, std::int64_t up_to_generation) {
    std::vector<std::int64_t> event_ids;
    Query query(database,
                "SELECT event_id FROM event_rentals WHERE business = ? AND rental_id = ? "
                "AND settled_step_id = 0 AND generation <= ?",
                business, rental_id, up_to_generation);
    while (query.next()) {
        event_ids.push_back(query.integer(0));
    }
    return event_ids;
}

EventState work_out_state(Database& database, std::int64_t event_id) {
    std::int64_t open = 0;
    std::int64_t dead = 0;
    {
        Query marks(database,
                    "SELECT total(is_dead), total(settled_step_id = 0 AND NOT is_dead) "
                    "FROM event_rentals WHERE event_id = ?",
                    event_id);
        if (marks.next()) {
            dead = marks.integer(0);
            open = marks.integer(1);
        }
    }
    Query tasks(database,
                "SELECT EXISTS (SELECT 1 FROM tasks WHERE event_id = ?1 AND kind NOT IN (2, 7)), "
                "EXISTS (SELECT 1 FROM dead_letters AS d WHERE event_id = ?1 "
                "AND kind NOT IN (2, 7) AND NOT EXISTS (SELECT 1 FROM tasks AS t "
                "WHERE t.business = d.business AND t.kind = d.kind AND t.key = d.key))",
                event_id);
    if (tasks.next()) {
        open += tasks.integer(0);
        dead += tasks.integer(1);
    }
    if (dead > 0) return EventState::kDead;
    return open > 0 ? EventState::kOpen : EventState::kDone;
}

}  // namespace

void mark_rental(WriteContext& context, std::int64_t event_id, std::int64_t business,
                 const std::string& rental_id, std::int64_t generation) {
    Database& database = context.database();
    run(database,
        "INSERT INTO event_rentals (event_id, rental_id, business, generation, first_step_id) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT (event_id, rental_id) DO UPDATE "
        "SET generation = excluded.generation, settled_step_id = 0, is_dead = 0",
        event_id, rental_id, business, generation, last_step_id(database) + 1);
}

void settle_marks(WriteContext& context, std::int64_t business, const std::string& rental_id,
                  std::int64_t generation) {
    Database& database = context.database();
    const std::vector<std::int64_t> event_ids =
        open_marks(database, business, rental_id, generation);
    if (event_ids.empty()) return;
    // 0 would mean "open".
    const std::int64_t last_id = last_step_id(database);
    const std::int64_t step_id = last_id == 0 ? -1 : last_id;
    for (const std::int64_t event_id : event_ids) {
        run(database,
            "UPDATE event_rentals SET settled_step_id = ?, is_dead = 0 "
            "WHERE event_id = ? AND rental_id = ?",
            step_id, event_id, rental_id);
        refresh_event(context, event_id);
    }
}

void set_marks_dead(WriteContext& context, std::int64_t business, const std::string& rental_id,
                    bool is_dead) {
    Database& database = context.database();
    for (const std::int64_t event_id : open_marks(database, business, rental_id, INT64_MAX)) {
        run(database,
            "UPDATE event_rentals SET generation = 0, is_dead = ? "
            "WHERE event_id = ? AND rental_id = ?",
            is_dead, event_id, rental_id);
        refresh_event(context, event_id);
    }
}

void refresh_event(WriteContext& context, std::int64_t event_id) {
    Database& database = context.database();
    const EventState state = work_out_state(database, event_id);
    const UnixMs finished_ms = state == EventState::kDone ? context.now_ms() : 0;
    // Without the comparison every look at a rental would write the row of each of its events.
    run(database, "UPDATE events SET state = ?1, finished_ms = ?2 WHERE id = ?3 AND state <> ?1",
        state, finished_ms, event_id);
}

}  // namespace gatehouse::store::sqlite
