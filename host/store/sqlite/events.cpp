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

void note_cut_body(Database& database, std::int64_t event_id, const NewEvent& event) {
    const std::size_t kept = kept_body(event).size();
    if (kept == event.body.size()) return;
    const std::string text = "of its body of " + std::to_string(event.body.size()) + " bytes " +
                             (kept == 0 ? "none" : "the first " + std::to_string(kept)) +
                             " are kept: nobody works on it";
    add_event_steps(database, event_id, {{event.received_ms, observe::StepKind::kNote, text}});
}

// Nothing if the sender's id is known.
std::optional<std::int64_t> insert_event(Database& database, std::int64_t business,
                                         std::int64_t source, const NewEvent& event) {
    run(database,
        "INSERT INTO events (business, source, sender_id, type, verified_by, received_ms, "
        "finished_ms, state, body) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 "
        "WHERE NOT EXISTS (SELECT 1 FROM known_ids "
        "WHERE sender_id = ?3 AND source = ?2 AND business = ?1) "
        "ON CONFLICT (sender_id, source, business) DO NOTHING",
        business, source, event.sender_id, event.type, event.verified_by, event.received_ms,
        finished_at_once(event), event.state, Blob{kept_body(event)});
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

std::int64_t forgotten_id(Database& database, std::int64_t business, std::int64_t source,
                          const std::string& sender_id) {
    return number(database,
                  "SELECT event_id FROM known_ids "
                  "WHERE sender_id = ? AND source = ? AND business = ?",
                  sender_id, source, business)
        .value_or(0);
}

Appended duplicate(Database& database, std::int64_t business, std::int64_t source,
                   const std::string& sender_id) {
    const std::int64_t id = count_copy(database, business, source, sender_id);
    if (id != 0) return {id, true};
    return {forgotten_id(database, business, source, sender_id), true};
}

std::vector<std::int64_t> ids_of(Query& query) {
    std::vector<std::int64_t> ids;
    while (query.next()) {
        ids.push_back(query.integer(0));
    }
    return ids;
}

}  // namespace

Appended append_event(WriteContext& context, const NewEvent& event) {
    Database& database = context.database();
    const std::int64_t business = context.name_id(event.business);
    const std::int64_t source = context.name_id(event.source);
    context.note_secret_use(business, source, event.verified_by, event.received_ms);
    const auto event_id = insert_event(database, business, source, event);
    if (!event_id) return duplicate(database, business, source, event.sender_id);
    add_event_steps(database, *event_id, event.steps);
    note_cut_body(database, *event_id, event);
    for (const dispatch::NewTask& task : event.tasks) {
        enqueue_for_new_event(context, business, *event_id, task);
    }
    return {*event_id, false};
}

// What goes makes room for what stays, in a file that may grow no more.
void remove_event(Database& database, std::int64_t id) {
    run(database, "DELETE FROM steps WHERE event_id = ?", id);
    run(database, "DELETE FROM event_rentals WHERE event_id = ?", id);
    Query removed(database,
                  "DELETE FROM events WHERE id = ? "
                  "RETURNING sender_id, source, business, received_ms, state",
                  id);
    // A body that could not be read has an id of our own making, which never comes again.
    if (!removed.next() || removed.word<EventState>(4) == EventState::kInvalid) return;
    run(database,
        "INSERT INTO known_ids (sender_id, source, business, event_id, received_ms) "
        "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        removed.text(0), removed.integer(1), removed.integer(2), id, removed.integer(3));
}

std::int64_t forget_events(WriteContext& context, UnixMs before_ms, std::int64_t limit) {
    Database& database = context.database();
    std::vector<std::int64_t> ids;
    {
        Query query(database,
                    "SELECT id FROM events WHERE finished_ms > 0 AND finished_ms < ? "
                    "ORDER BY finished_ms LIMIT ?",
                    before_ms, limit);
        ids = ids_of(query);
    }
    for (const std::int64_t id : ids) {
        remove_event(database, id);
    }
    // An event leaves a handful of steps on its rentals.
    constexpr std::int64_t kRentalStepsPerEvent = 16;
    forget_rental_steps(database, before_ms, kRentalStepsPerEvent * limit);
    forget_transfers(database, before_ms, limit);
    return static_cast<std::int64_t>(ids.size());
}

std::int64_t forget_ids(Database& database, UnixMs before_ms, std::int64_t limit) {
    run(database,
        "DELETE FROM known_ids WHERE (sender_id, source, business) IN "
        "(SELECT sender_id, source, business FROM known_ids WHERE received_ms < ? "
        "ORDER BY received_ms LIMIT ?)",
        before_ms, limit);
    return database.changes();
}

std::int64_t forget_dead_events(Database& database, UnixMs before_ms, std::int64_t limit) {
    std::vector<std::int64_t> ids;
    {
        Query query(database,
                    "SELECT id FROM events AS e WHERE state = ? AND received_ms < ? "
                    "AND NOT EXISTS (SELECT 1 FROM dead_letters AS d "
                    "WHERE d.event_id = e.id AND d.kind NOT IN (2, 7)) ORDER BY id LIMIT ?",
                    EventState::kDead, before_ms, limit);
        ids = ids_of(query);
    }
    for (const std::int64_t id : ids) {
        remove_event(database, id);
    }
    return static_cast<std::int64_t>(ids.size());
}

}  // namespace gatehouse::store::sqlite
