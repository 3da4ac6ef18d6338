#include "store/sqlite/reads.hpp"

#include <algorithm>

#include "store/sqlite/names.hpp"

namespace gatehouse::store::sqlite {
namespace {

int bounded(int limit) {
    return std::clamp(limit, 0, kMaxRows);
}

std::int64_t upper_bound(std::int64_t before_id) {
    return before_id > 0 ? before_id : INT64_MAX;
}

Event event_of(const Query& row) {
    Event event;
    event.id = row.integer(0);
    event.business = row.text(1);
    event.source = row.text(2);
    event.sender_id = row.text(3);
    event.type = row.text(4);
    event.verified_by = row.text(5);
    event.received_ms = row.integer(6);
    event.finished_ms = row.integer(7);
    event.copies = static_cast<int>(row.integer(8));
    event.state = row.word<EventState>(9);
    event.body = row.text(10);
    return event;
}

std::vector<Event> events_of(Query& query) {
    std::vector<Event> events;
    while (query.next()) {
        events.push_back(event_of(query));
    }
    return events;
}

std::vector<TimelineStep> steps_of(Query& query) {
    std::vector<TimelineStep> steps;
    while (query.next()) {
        steps.push_back({query.integer(0),
                         query.text(1),
                         {query.integer(2), query.word<observe::StepKind>(3), query.text(4)}});
    }
    return steps;
}

std::vector<dispatch::DeadLetter> letters_of(Query& query) {
    std::vector<dispatch::DeadLetter> letters;
    while (query.next()) {
        dispatch::DeadLetter letter;
        letter.id = query.integer(0);
        letter.business = query.text(1);
        letter.kind = query.word<dispatch::TaskKind>(2);
        letter.key = query.text(3);
        letter.attempts = static_cast<int>(query.integer(4));
        letter.died_ms = query.integer(5);
        letter.event_id = query.integer(6);
        letter.error = Error{query.word<ErrorKind>(7), query.text(8)};
        letters.push_back(std::move(letter));
    }
    return letters;
}

#define EVENT_COLUMNS \
    "id, " NAME_OF("business") ", " NAME_OF(                                             \
        "source") ", sender_id, type, verified_by, received_ms, finished_ms, copies, "   \
                  "state"

}  // namespace

std::optional<Event> read_event(Database& database, std::int64_t id) {
    std::optional<Event> event;
    {
        Query query(database, "SELECT " EVENT_COLUMNS ", body FROM events WHERE id = ?", id);
        if (!query.next()) return std::nullopt;
        event = event_of(query);
    }
    Query rentals(database,
                  "SELECT rental_id FROM event_rentals WHERE event_id = ? ORDER BY rental_id", id);
    while (rentals.next()) {
        event->rentals.push_back(rentals.text(0));
    }
    return event;
}

std::optional<Event> read_event_by_sender_id(Database& database, const std::string& business,
                                             const std::string& source,
                                             const std::string& sender_id) {
    const auto id = number(database,
                           "SELECT id FROM events WHERE business = " ID_OF(
                               "?") " AND source = " ID_OF("?") " AND sender_id = ?",
                           business, source, sender_id);
    if (!id) return std::nullopt;
    return read_event(database, *id);
}

// "+state" keeps the index of the business: a state's index would be walked in full.
std::vector<Event> read_events(Database& database, const EventFilter& filter) {
    const std::int64_t before_id = upper_bound(filter.before_id);
    const int limit = bounded(filter.limit);
    if (filter.business && filter.state) {
        Query query(database,
                    "SELECT " EVENT_COLUMNS ", '' FROM events WHERE business = " ID_OF(
                        "?") " AND +state = ? AND id < ? ORDER BY id DESC LIMIT ?",
                    *filter.business, *filter.state, before_id, limit);
        return events_of(query);
    }
    if (filter.business) {
        Query query(database,
                    "SELECT " EVENT_COLUMNS ", '' FROM events WHERE business = " ID_OF(
                        "?") " AND id < ? ORDER BY id DESC LIMIT ?",
                    *filter.business, before_id, limit);
        return events_of(query);
    }
    if (filter.state) {
        Query query(database,
                    "SELECT " EVENT_COLUMNS
                    ", '' FROM events WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?",
                    *filter.state, before_id, limit);
        return events_of(query);
    }
    Query query(database,
                "SELECT " EVENT_COLUMNS ", '' FROM events WHERE id < ? ORDER BY id DESC LIMIT ?",
                before_id, limit);
    return events_of(query);
}

std::vector<TimelineStep> read_timeline(Database& database, std::int64_t event_id) {
    Query query(database,
                "SELECT id, '' AS rental_id, at_ms, kind, text FROM steps WHERE event_id = ?1 "
                "UNION ALL "
                "SELECT s.id, s.rental_id, s.at_ms, s.kind, s.text FROM event_rentals AS m "
                "JOIN steps AS s ON s.business = m.business AND s.rental_id = m.rental_id "
                "AND s.id >= m.first_step_id "
                "AND (m.settled_step_id = 0 OR s.id <= m.settled_step_id) "
                "WHERE m.event_id = ?1 ORDER BY at_ms, id LIMIT ?2",
                event_id, kMaxRows);
    return steps_of(query);
}

std::vector<TimelineStep> read_rental_steps(Database& database, const std::string& business,
                                            const std::string& rental_id, int limit) {
    Query query(database,
                "SELECT id, rental_id, at_ms, kind, text FROM steps WHERE business = " ID_OF(
                    "?") " AND rental_id = ? ORDER BY id DESC LIMIT ?",
                business, rental_id, bounded(limit));
    std::vector<TimelineStep> steps = steps_of(query);
    std::reverse(steps.begin(), steps.end());
    return steps;
}

std::vector<Event> read_events_of_rental(Database& database, const std::string& business,
                                         const std::string& rental_id, int limit) {
    Query query(database,
                "SELECT " EVENT_COLUMNS
                ", '' FROM events WHERE id IN (SELECT event_id FROM event_rentals "
                "WHERE business = " ID_OF("?") " AND rental_id = ? ORDER BY event_id DESC LIMIT ?) "
                "ORDER BY id DESC",
                business, rental_id, bounded(limit));
    return events_of(query);
}

std::vector<dispatch::DeadLetter> read_dead_letters(Database& database,
                                                    const std::optional<std::string>& business,
                                                    std::int64_t before_id, int limit) {
    if (business) {
        Query query(database,
                    "SELECT id, " NAME_OF(
                        "business") ", kind, key, attempts, died_ms, event_id, error_kind, "
                                    "error_message FROM dead_letters WHERE business = " ID_OF(
                                        "?") " AND id < ? ORDER BY id DESC LIMIT ?",
                    *business, upper_bound(before_id), bounded(limit));
        return letters_of(query);
    }
    Query query(database,
                "SELECT id, " NAME_OF(
                    "business") ", kind, key, attempts, died_ms, event_id, error_kind, "
                                "error_message FROM dead_letters WHERE id < ? ORDER BY id DESC "
                                "LIMIT ?",
                upper_bound(before_id), bounded(limit));
    return letters_of(query);
}

std::optional<dispatch::DeadLetter> read_dead_letter(Database& database,
                                                     const std::string& business,
                                                     dispatch::TaskKind kind,
                                                     const std::string& key) {
    Query query(database,
                "SELECT id, " NAME_OF(
                    "business") ", kind, key, attempts, died_ms, event_id, error_kind, "
                                "error_message FROM dead_letters WHERE business = " ID_OF(
                                    "?") " AND kind = ? AND key = ?",
                business, kind, key);
    const std::vector<dispatch::DeadLetter> letters = letters_of(query);
    if (letters.empty()) return std::nullopt;
    return letters.front();
}

std::optional<Store::Waiting> read_waiting(Database& database, const std::string& business,
                                           dispatch::TaskKind kind, const std::string& key) {
    Query query(database,
                "SELECT due_ms, attempts, leased_until_ms, last_error FROM tasks "
                "WHERE business = " ID_OF("?") " AND kind = ? AND key = ?",
                business, kind, key);
    if (!query.next()) return std::nullopt;
    Store::Waiting waiting;
    waiting.due_ms = query.integer(0);
    waiting.attempts = static_cast<int>(query.integer(1));
    waiting.is_leased = query.integer(2) > 0;
    waiting.last_error = query.text(3);
    return waiting;
}

std::vector<dispatch::BusinessDue> read_businesses_due(Database& database) {
    std::vector<dispatch::BusinessDue> due;
    Query query(database,
                "SELECT " NAME_OF("business") ", min(due_ms), priority FROM tasks "
                "WHERE leased_until_ms = 0 GROUP BY business, priority");
    while (query.next()) {
        due.push_back({query.text(0), query.integer(1), query.word<dispatch::Priority>(2)});
    }
    return due;
}

std::vector<SecretUse> read_secret_uses(Database& database, const std::string& business) {
    std::vector<SecretUse> uses;
    Query query(database,
                "SELECT " NAME_OF("source") ", label, last_used_ms FROM secret_uses "
                "WHERE business = " ID_OF("?") " ORDER BY 1, label",
                business);
    while (query.next()) {
        uses.push_back({query.text(0), query.text(1), query.integer(2)});
    }
    return uses;
}

QueueState read_queue_state(Database& database, UnixMs now_ms) {
    QueueState state;
    {
        Query waiting(database,
                      "SELECT count(*), total(due_ms > ?), min(due_ms) FROM tasks "
                      "WHERE leased_until_ms = 0",
                      now_ms);
        if (waiting.next()) {
            state.later = waiting.integer(1);
            state.waiting = waiting.integer(0) - state.later;
            if (state.waiting > 0) state.oldest_due_ms = waiting.integer(2);
        }
    }
    state.leased =
        number(database, "SELECT count(*) FROM tasks WHERE leased_until_ms > 0").value_or(0);
    state.dead = number(database, "SELECT count(*) FROM dead_letters").value_or(0);
    return state;
}

}  // namespace gatehouse::store::sqlite
