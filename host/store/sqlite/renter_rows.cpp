#include "store/sqlite/renter_rows.hpp"

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "store/renter_words.hpp"
#include "store/sqlite/names.hpp"

namespace gatehouse::store::sqlite {
namespace {

using nlohmann::json;

// What rows are found by.
struct Known {
    RenterWords words;
    std::set<std::string> rentals;
};

void add_renter_of(const std::string& document, RenterWords& words) {
    const auto parsed = parse_json(document);
    if (!parsed) return;
    const json* attempted = member(*parsed, "attempted");
    for (const json* holder : std::initializer_list<const json*>{&*parsed, attempted}) {
        const json* renter = holder == nullptr ? nullptr : member(*holder, "renter");
        if (renter == nullptr) continue;
        words.add_email(string_member(*renter, "email").value_or(""));
        words.add_phone(string_member(*renter, "phone").value_or(""));
        words.add_name(string_member(*renter, "name").value_or(""));
    }
}

Known read_rentals(Database& database, const std::string& business, const std::string& renter_id,
                   RenterRows& rows) {
    Known known;
    known.words.add_id(renter_id);
    Query query(database,
                "SELECT rental_id, desired_json, grant_json FROM rentals WHERE business = " ID_OF(
                    "?") " AND renter_id = ? ORDER BY rental_id",
                business, renter_id);
    while (query.next()) {
        const std::string rental_id = query.text(0);
        rows.rentals.push_back(rental_id);
        known.rentals.insert(rental_id);
        known.words.add_id(rental_id);
        add_renter_of(query.text(1), known.words);
        add_renter_of(query.text(2), known.words);
        if (!query.text(2).empty()) rows.held.push_back(rental_id);
    }
    return known;
}

// The ids, in the first column, of the rows of which `is_meant` holds.
template <typename IsMeant>
std::vector<std::int64_t> ids_where(Query&& query, IsMeant is_meant) {
    std::vector<std::int64_t> ids;
    while (query.next()) {
        if (is_meant(query)) ids.push_back(query.integer(0));
    }
    return ids;
}

// Texts in the columns from the second on.
auto speaks_in(const Known& known, int texts) {
    return [&known, texts](const Query& row) {
        for (int column = 1; column <= texts; ++column) {
            if (known.words.are_in(row.text(column))) return true;
        }
        return false;
    };
}

// A rental's id in the second column, texts in the two after it.
auto is_of_rental_or_speaks(const Known& known) {
    return [&known](const Query& row) {
        return known.rentals.contains(row.text(1)) || known.words.are_in(row.text(2)) ||
               known.words.are_in(row.text(3));
    };
}

std::vector<std::int64_t> find_events(Database& database, const std::string& business,
                                      const Known& known) {
    std::set<std::int64_t> ids;
    const auto add = [&](const std::vector<std::int64_t>& found) {
        ids.insert(found.begin(), found.end());
    };
    const auto any = [](const Query&) { return true; };
    for (const std::string& rental_id : known.rentals) {
        add(ids_where(Query(database,
                            "SELECT event_id FROM event_rentals WHERE business = " ID_OF(
                                "?") " AND rental_id = ?",
                            business, rental_id),
                      any));
    }
    add(ids_where(
        Query(database, "SELECT id, body, sender_id FROM events WHERE business = " ID_OF("?"),
              business),
        speaks_in(known, 2)));
    add(ids_where(Query(database,
                        "SELECT e.id, s.text FROM events AS e JOIN steps AS s "
                        "ON s.event_id = e.id WHERE e.business = " ID_OF("?"),
                        business),
                  speaks_in(known, 1)));
    return {ids.begin(), ids.end()};
}

}  // namespace

RenterRows find_renter_rows(Database& database, const std::string& business,
                            const std::string& renter_id) {
    RenterRows rows;
    const Known known = read_rentals(database, business, renter_id, rows);
    rows.events = find_events(database, business, known);
    rows.steps =
        ids_where(Query(database,
                        "SELECT id, rental_id, text, '' FROM steps WHERE business = " ID_OF(
                            "?") " AND rental_id IS NOT NULL",
                        business),
                  is_of_rental_or_speaks(known));
    rows.tasks = ids_where(
        Query(database, "SELECT id, key, last_error FROM tasks WHERE business = " ID_OF("?"),
              business),
        speaks_in(known, 2));
    rows.dead_letters = ids_where(
        Query(database,
              "SELECT id, key, error_message FROM dead_letters WHERE business = " ID_OF("?"),
              business),
        speaks_in(known, 2));
    rows.alerts = ids_where(
        Query(database,
              "SELECT id, rental_id, subject, text FROM alerts WHERE business = " ID_OF("?"),
              business),
        is_of_rental_or_speaks(known));
    rows.access_events = ids_where(
        Query(database,
              "SELECT id, renter_id, rental_id, person FROM access_events WHERE business = " ID_OF(
                  "?"),
              business),
        [&](const Query& row) {
            return row.text(1) == renter_id || known.rentals.contains(row.text(2)) ||
                   known.words.are_of(row.text(3));
        });
    return rows;
}

}  // namespace gatehouse::store::sqlite
