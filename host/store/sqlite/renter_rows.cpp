#include "store/sqlite/renter_rows.hpp"

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "store/sqlite/names.hpp"

namespace gatehouse::store::sqlite {
namespace {

using nlohmann::json;

// Shorter ones would be found within other people's.
constexpr std::size_t kMinTermBytes = 5;

void add_member(const json& renter, std::string_view key, std::set<std::string>& terms) {
    const auto text = string_member(renter, key);
    if (text && text->size() >= kMinTermBytes) terms.insert(*text);
}

// What texts and people can be found by, as a JSON array each.
struct Terms {
    std::set<std::string> texts;
    std::set<std::string> people;

    void add(const std::string& document) {
        const auto parsed = parse_json(document);
        if (!parsed) return;
        const json* attempted = member(*parsed, "attempted");
        for (const json* holder : std::initializer_list<const json*>{&*parsed, attempted}) {
            const json* renter = holder == nullptr ? nullptr : member(*holder, "renter");
            if (renter == nullptr) continue;
            add_member(*renter, "email", texts);
            add_member(*renter, "phone", texts);
            add_member(*renter, "name", people);
        }
    }
};

std::vector<std::int64_t> ids_of(Query&& query) {
    std::vector<std::int64_t> ids;
    while (query.next()) {
        ids.push_back(query.integer(0));
    }
    return ids;
}

// The column is to be named with its table where json_each has one of that name.
#define HAS_TERM(column) \
    "EXISTS (SELECT 1 FROM json_each(?2) AS term WHERE instr(" column ", term.value) > 0)"

Terms read_rentals(Database& database, const std::string& business, const std::string& renter_id,
                   RenterRows& rows) {
    Terms terms;
    Query query(database,
                "SELECT rental_id, desired_json, grant_json FROM rentals WHERE business = " ID_OF(
                    "?") " AND renter_id = ? ORDER BY rental_id",
                business, renter_id);
    while (query.next()) {
        rows.rentals.push_back(query.text(0));
        terms.add(query.text(1));
        terms.add(query.text(2));
        if (!query.text(2).empty()) rows.held.push_back(query.text(0));
    }
    return terms;
}

std::vector<std::int64_t> find_events(Database& database, const std::string& business,
                                      const std::string& terms, const std::string& rentals) {
    std::set<std::int64_t> ids;
    for (const std::int64_t id :
         ids_of(Query(database,
                      "SELECT event_id FROM event_rentals WHERE business = " ID_OF(
                          "?") " AND rental_id IN (SELECT value FROM json_each(?))",
                      business, rentals))) {
        ids.insert(id);
    }
    for (const std::int64_t id :
         ids_of(Query(database,
                      "SELECT id FROM events WHERE business = " ID_OF("?1") " AND (" HAS_TERM(
                          "body") " OR " HAS_TERM("sender_id") " OR EXISTS (SELECT 1 FROM steps "
                                                               "WHERE steps.event_id = events.id "
                                                               "AND " HAS_TERM("steps.text") "))",
                      business, terms))) {
        ids.insert(id);
    }
    return {ids.begin(), ids.end()};
}

}  // namespace

RenterRows find_renter_rows(Database& database, const std::string& business,
                            const std::string& renter_id) {
    RenterRows rows;
    Terms known = read_rentals(database, business, renter_id, rows);
    known.texts.insert(renter_id);
    known.texts.insert(rows.rentals.begin(), rows.rentals.end());
    known.people.insert(known.texts.begin(), known.texts.end());
    const std::string terms = dump_json(known.texts);
    const std::string rentals = dump_json(rows.rentals);
    rows.events = find_events(database, business, terms, rentals);
    rows.steps = ids_of(Query(
        database,
        "SELECT id FROM steps WHERE business = " ID_OF(
            "?1") " AND rental_id IS NOT NULL "
                  "AND (rental_id IN (SELECT value FROM json_each(?3)) OR " HAS_TERM("text") ")",
        business, terms, rentals));
    rows.tasks =
        ids_of(Query(database,
                     "SELECT id FROM tasks WHERE business = " ID_OF("?1") " AND (" HAS_TERM(
                         "tasks.key") " OR " HAS_TERM("last_error") ")",
                     business, terms));
    rows.dead_letters =
        ids_of(Query(database,
                     "SELECT id FROM dead_letters WHERE business = " ID_OF("?1") " AND (" HAS_TERM(
                         "dead_letters.key") " OR " HAS_TERM("error_message") ")",
                     business, terms));
    rows.alerts = ids_of(Query(database,
                               "SELECT id FROM alerts WHERE business = " ID_OF(
                                   "?1") " AND (rental_id IN "
                                         "(SELECT value FROM json_each(?3)) OR " HAS_TERM(
                                             "subject") " OR " HAS_TERM("text") ")",
                               business, terms, rentals));
    rows.access_events = ids_of(Query(database,
                                      "SELECT id FROM access_events WHERE business = " ID_OF(
                                          "?1") " AND (renter_id = ?2 "
                                                "OR rental_id IN (SELECT value FROM json_each(?3)) "
                                                "OR person IN (SELECT value FROM json_each(?4)))",
                                      business, renter_id, rentals, dump_json(known.people)));
    return rows;
}

}  // namespace gatehouse::store::sqlite
