#include "store/sqlite/renters.hpp"

#include <algorithm>

#include "store/sqlite/access_events.hpp"
#include "store/sqlite/alerts.hpp"
#include "store/sqlite/events.hpp"
#include "store/sqlite/names.hpp"
#include "store/sqlite/reads.hpp"
#include "store/sqlite/rentals.hpp"

namespace gatehouse::store::sqlite {
namespace {

std::vector<observe::Step> steps_of(Query&& query) {
    std::vector<observe::Step> steps;
    while (query.next()) {
        steps.push_back({query.integer(0), query.word<observe::StepKind>(1), query.text(2)});
    }
    return steps;
}

void read_events(Database& database, const RenterRows& rows, RenterData& data) {
    for (const std::int64_t id : rows.events) {
        std::optional<Event> event = read_event(database, id);
        if (!event) continue;
        data.events.push_back(
            {id, event->source, event->sender_id, event->type, event->received_ms,
             std::move(event->body),
             steps_of(Query(database,
                            "SELECT at_ms, kind, text FROM steps WHERE event_id = ? ORDER BY id",
                            id))});
    }
}

void read_others(Database& database, const std::string& business, const RenterRows& rows,
                 RenterData& data) {
    for (const std::int64_t id : rows.steps) {
        for (observe::Step& step :
             steps_of(Query(database, "SELECT at_ms, kind, text FROM steps WHERE id = ?", id))) {
            data.steps.push_back(std::move(step));
        }
    }
    for (const std::int64_t id : rows.alerts) {
        Query query(database, "SELECT subject FROM alerts WHERE id = ?", id);
        if (!query.next()) continue;
        if (auto alert = read_alert(database, business, query.text(0))) {
            data.alerts.push_back(std::move(*alert));
        }
    }
    for (const std::int64_t id : rows.dead_letters) {
        for (dispatch::DeadLetter& letter : read_dead_letters(database, business, id + 1, 1)) {
            data.dead_letters.push_back(std::move(letter));
        }
    }
    for (const std::int64_t id : rows.access_events) {
        if (auto event = read_access_event(database, id)) {
            data.access_events.push_back(std::move(*event));
        }
    }
}

std::int64_t erase_rental(Database& database, std::int64_t business, const std::string& rental_id) {
    std::int64_t changed = 0;
    const auto remove = [&](std::string_view sql) {
        run(database, sql, business, rental_id);
        changed += database.changes();
    };
    remove("DELETE FROM transfers WHERE business = ?1 AND old_rental_id = ?2");
    remove(
        "DELETE FROM transfers WHERE (business, old_rental_id, new_rental_id) IN "
        "(SELECT business, old_rental_id, new_rental_id FROM transfers "
        "WHERE business = ?1 AND +new_rental_id = ?2)");
    return changed + remove_rental(database, business, rental_id);
}

// Takes at most `most` off the end.
template <typename Row, typename Erase>
std::int64_t take_off(std::vector<Row>& rows, std::size_t& most, Erase erase) {
    std::int64_t changed = 0;
    for (; !rows.empty() && most > 0; rows.pop_back(), --most) {
        changed += erase(rows.back());
    }
    return changed;
}

}  // namespace

RenterData read_renter(Database& database, const std::string& business,
                       const std::string& renter_id) {
    const RenterRows rows = find_renter_rows(database, business, renter_id);
    RenterData data;
    data.held = rows.held;
    for (const std::string& rental_id : rows.rentals) {
        if (auto record = read_rental(database, business, rental_id)) {
            data.rentals.push_back(std::move(*record));
        }
    }
    read_events(database, rows, data);
    read_others(database, business, rows, data);
    Query query(
        database,
        "SELECT at_ms FROM erasures WHERE business = " ID_OF("?") " AND renter_id = ? ORDER BY id",
        business, renter_id);
    while (query.next()) {
        data.erased_ms.push_back(query.integer(0));
    }
    return data;
}

std::int64_t erase_some(WriteContext& context, const std::string& business, RenterRows& rows,
                        std::size_t most) {
    Database& database = context.database();
    const std::int64_t business_id = context.name_id(business);
    const auto by_id = [&](std::string_view sql) {
        return [&database, sql](std::int64_t id) {
            run(database, sql, id);
            return database.changes();
        };
    };
    std::int64_t changed = take_off(rows.events, most, [&](std::int64_t id) {
        run(database, "DELETE FROM tasks WHERE event_id = ? AND kind NOT IN (2, 7)", id);
        run(database, "DELETE FROM dead_letters WHERE event_id = ? AND kind NOT IN (2, 7)", id);
        remove_event(database, id);
        return std::int64_t{1};
    });
    changed += take_off(rows.steps, most, by_id("DELETE FROM steps WHERE id = ?"));
    changed += take_off(rows.tasks, most, by_id("DELETE FROM tasks WHERE id = ?"));
    changed += take_off(rows.dead_letters, most, by_id("DELETE FROM dead_letters WHERE id = ?"));
    changed += take_off(rows.alerts, most, by_id("DELETE FROM alerts WHERE id = ?"));
    changed += take_off(rows.access_events, most,
                        by_id("UPDATE access_events SET person = '', renter_id = '', "
                              "rental_id = '' WHERE id = ?"));
    changed += take_off(rows.rentals, most, [&](const std::string& rental_id) {
        return erase_rental(database, business_id, rental_id);
    });
    context.touch(business_id);
    return changed;
}

void note_erasure(WriteContext& context, const std::string& business, const std::string& renter_id,
                  std::int64_t changed_rows) {
    run(context.database(),
        "INSERT INTO erasures (business, renter_id, at_ms, changed_rows) VALUES (?, ?, ?, ?)",
        context.name_id(business), renter_id, context.now_ms(), changed_rows);
}

}  // namespace gatehouse::store::sqlite
