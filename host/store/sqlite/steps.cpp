#include "store/sqlite/steps.hpp"

namespace gatehouse::store::sqlite {

void add_event_steps(Database& database, std::int64_t event_id,
                     const std::vector<observe::Step>& steps) {
    for (const observe::Step& step : steps) {
        run(database, "INSERT INTO steps (event_id, at_ms, kind, text) VALUES (?, ?, ?, ?)",
            event_id, step.at_ms, step.kind, step.text);
    }
}

void add_rental_steps(Database& database, std::int64_t business, const std::string& rental_id,
                      const std::vector<observe::Step>& steps) {
    if (steps.empty()) return;
    for (const observe::Step& step : steps) {
        run(database,
            "INSERT INTO steps (business, rental_id, at_ms, kind, text) VALUES (?, ?, ?, ?, ?)",
            business, rental_id, step.at_ms, step.kind, step.text);
    }
    run(database,
        "DELETE FROM steps WHERE id IN (SELECT id FROM steps WHERE business = ? AND rental_id = ? "
        "ORDER BY id DESC LIMIT -1 OFFSET ?)",
        business, rental_id, kStepsPerRental);
}

std::int64_t last_step_id(Database& database) {
    return number(database, "SELECT id FROM steps ORDER BY id DESC LIMIT 1").value_or(0);
}

void forget_rental_steps(Database& database, UnixMs before_ms, std::int64_t limit) {
    run(database,
        "DELETE FROM steps WHERE id IN (SELECT id FROM steps WHERE rental_id IS NOT NULL "
        "AND at_ms < ? ORDER BY at_ms LIMIT ?)",
        before_ms, limit);
}

}  // namespace gatehouse::store::sqlite
