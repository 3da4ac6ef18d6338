#include "store/sqlite/events.hpp"

#include <vector>

#include "store/sqlite/steps.hpp"
#include "store/sqlite/tasks.hpp"
#include "store/sqlite/transfers.hpp"

namespace gatehouse::store::sqlite {
namespace {

// An event that asks for nothing is finished as it comes in.
UnixMs finished_at_once(const NewEvent& event) {
    const bool asks_nothing =
        event.state == EventState::kIgnored || event.state == EventState::kInvalid;
    return asks_nothing ? event.received_ms : 0;
}

// Nothing if the sender's id is known.
std::optional<std::int64_t> insert_event(Database& database, std::int64_t business,
                                         std::int64_t source, const NewEvent& event) {
    run(database,
        "INSERT INTO events (business, source, sender_id, type, verified_by, received_ms, "
        "finished_ms, state, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (sender_id, source, business) DO NOTHING",
        business, source, event.sender_id, event.type, event.verified_by, event.received_ms,
        finished_at_once(event), event.state, Blob{event.body});
    if (database.changes() == 0) return std::nullopt;
    return database.last_insert_id();
}

std::int64_t count_copy(Database& database, std::int64_t business, std::int64_t source,
                        const std::string& sender_id) {
    Query query(database,
                "UPDATE events SET copies = copies + 1 WHERE business = ? AND source = ? "
                "AND sender_id = ? RETURNING id",
                business, source, sender_id);
    return query.next() ? query.integer(0) : 0;
}

}  // namespace

Appended append_event(WriteContext& context, const NewEvent& event) {
    Database& database = context.database();
    const std::int64_t business = context.name_id(event.business);
    const std::int64_t source = context.name_id(event.source);
    context.note_secret_use(business, source, event.verified_by, event.received_ms);
    const auto event_id = insert_event(database, business, source, event);
    if (!event_id) return {count_copy(database, business, source, event.sender_id), true};
    add_event_steps(database, *event_id, event.steps);
    for (const dispatch::NewTask& task : event.tasks) {
        enqueue_for_new_event(context, business, *event_id, task);
    }
    return {*event_id, false};
}

std::int64_t forget_events(WriteContext& context, UnixMs before_ms, std::int64_t limit) {
    Database& database = context.database();
    std::vector<std::int64_t> ids;
    {
        Query query(database,
                    "SELECT id FROM events WHERE finished_ms > 0 AND finished_ms < ? "
                    "ORDER BY finished_ms LIMIT ?",
                    before_ms, limit);
        while (query.next()) {
            ids.push_back(query.integer(0));
        }
    }
    for (const std::int64_t id : ids) {
        run(database, "DELETE FROM steps WHERE event_id = ?", id);
        run(database, "DELETE FROM event_rentals WHERE event_id = ?", id);
        run(database, "DELETE FROM events WHERE id = ?", id);
    }
    // An event leaves a handful of steps on its rentals.
    constexpr std::int64_t kRentalStepsPerEvent = 16;
    forget_rental_steps(database, before_ms, kRentalStepsPerEvent * limit);
    forget_transfers(database, before_ms, limit);
    return static_cast<std::int64_t>(ids.size());
}

}  // namespace gatehouse::store::sqlite
