#include "store/sqlite/access_events.hpp"

#include "store/sqlite/names.hpp"

namespace gatehouse::store::sqlite {
namespace {

using access::AccessEvent;
using access::AccessEventFilter;
using access::StoredAccessEvent;

// "nothing" as a number of `success`.
constexpr std::int64_t kNotTold = -1;

StoredAccessEvent stored_of(const Query& row, const std::string& business) {
    StoredAccessEvent stored;
    stored.row = row.integer(0);
    AccessEvent& event = stored.event;
    event.business = business;
    event.connection = row.text(1);
    event.vendor_id = row.text(2);
    event.kind = row.text(3);
    event.target = row.text(4);
    event.target_name = row.text(5);
    event.person = row.text(6);
    if (row.integer(7) != kNotTold) event.success = row.integer(7) != 0;
    event.reason = row.text(8);
    event.occurred_ms = row.integer(9);
    event.received_ms = row.integer(10);
    event.rental_id = row.text(11);
    event.renter_id = row.text(12);
    return stored;
}

// An empty text stands for "any".
#define SELECT_BY(leading) \
    "SELECT id, " NAME_OF(                                                                        \
        "connection") ", vendor_id, kind, target, target_name, person, coalesce(success, -1), "   \
                      "reason, occurred_ms, received_ms, rental_id, renter_id "                   \
                      "FROM access_events WHERE business = " ID_OF("?1") " AND " leading         \
                      " AND occurred_ms >= ?2 AND (occurred_ms, id) < (?3, ?4) "                  \
                      "AND (?5 = '' OR +connection = " ID_OF("?5") ") "                           \
                      "AND (?6 = '' OR +rental_id = ?6) AND (?7 = '' OR +renter_id = ?7) "        \
                      "AND (?8 = '' OR +target = ?8) ORDER BY occurred_ms DESC, id DESC LIMIT ?9"

std::string_view statement_for(const AccessEventFilter& filter) {
    if (filter.rental_id) return SELECT_BY("rental_id = ?6 AND rental_id <> ''");
    if (filter.renter_id) return SELECT_BY("renter_id = ?7 AND renter_id <> ''");
    if (filter.target) return SELECT_BY("target = ?8 AND target <> ''");
    if (filter.connection) return SELECT_BY("connection = " ID_OF("?5"));
    return SELECT_BY("TRUE");
}

}  // namespace

void put_access_event(WriteContext& context, const AccessEvent& event) {
    const std::int64_t success = event.success ? std::int64_t{*event.success} : kNotTold;
    run(context.database(),
        "INSERT INTO access_events (business, connection, vendor_id, kind, target, target_name, "
        "person, success, reason, occurred_ms, received_ms, rental_id, renter_id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, nullif(?, -1), ?, ?, ?, ?, ?) "
        "ON CONFLICT (vendor_id, connection, business) DO NOTHING",
        context.name_id(event.business), context.name_id(event.connection), event.vendor_id,
        event.kind, event.target, event.target_name, event.person, success, event.reason,
        event.occurred_ms, event.received_ms, event.rental_id, event.renter_id);
}

std::int64_t forget_access_events(Database& database, UnixMs before_ms, std::int64_t limit) {
    run(database,
        "DELETE FROM access_events WHERE id IN (SELECT id FROM access_events "
        "WHERE occurred_ms < ? ORDER BY occurred_ms LIMIT ?)",
        before_ms, limit);
    return database.changes();
}

std::optional<StoredAccessEvent> read_access_event(Database& database, std::int64_t id) {
    Query query(database,
                "SELECT id, " NAME_OF(
                    "connection") ", vendor_id, kind, target, target_name, person, "
                                  "coalesce(success, -1), reason, occurred_ms, received_ms, "
                                  "rental_id, renter_id, " NAME_OF("business") " "
                                  "FROM access_events WHERE id = ?",
                id);
    if (!query.next()) return std::nullopt;
    return stored_of(query, query.text(13));
}

std::vector<StoredAccessEvent> read_access_events(Database& database,
                                                  const AccessEventFilter& filter, int limit) {
    // The page ends before this event, and before this moment.
    UnixMs end_ms = filter.until_ms > 0 ? filter.until_ms : INT64_MAX;
    std::int64_t end_row = 0;
    if (filter.before_ms != 0 && filter.before_ms < end_ms) {
        end_ms = filter.before_ms;
        end_row = filter.before_row;
    }
    std::vector<StoredAccessEvent> events;
    Query query(database, statement_for(filter), filter.business, filter.from_ms, end_ms, end_row,
                filter.connection.value_or(""), filter.rental_id.value_or(""),
                filter.renter_id.value_or(""), filter.target.value_or(""), limit);
    while (query.next()) {
        events.push_back(stored_of(query, filter.business));
    }
    return events;
}

}  // namespace gatehouse::store::sqlite
