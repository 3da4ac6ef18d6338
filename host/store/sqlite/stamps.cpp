#include "store/sqlite/stamps.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace gatehouse::store::sqlite {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// By the indices of retention. ?1: the present; ?2: what is later than this is pulled back to it.
constexpr std::array<std::string_view, 7> kPulls = {
    "UPDATE events SET finished_ms = ?1, received_ms = min(received_ms, ?1) WHERE id IN "
    "(SELECT id FROM events WHERE finished_ms > 0 AND finished_ms > ?2 LIMIT ?3)",
    "UPDATE events SET received_ms = ?1 WHERE id IN "
    "(SELECT id FROM events WHERE state IN (1, 5) AND received_ms > ?2 LIMIT ?3)",
    "UPDATE known_ids SET received_ms = ?1 WHERE (sender_id, source, business) IN "
    "(SELECT sender_id, source, business FROM known_ids WHERE received_ms > ?2 LIMIT ?3)",
    "UPDATE steps SET at_ms = ?1 WHERE id IN "
    "(SELECT id FROM steps WHERE rental_id IS NOT NULL AND at_ms > ?2 LIMIT ?3)",
    "UPDATE transfers SET done_ms = ?1 WHERE (business, old_rental_id, new_rental_id) IN "
    "(SELECT business, old_rental_id, new_rental_id FROM transfers "
    "WHERE done_ms > 0 AND done_ms > ?2 LIMIT ?3)",
    "UPDATE dead_letters SET died_ms = ?1 WHERE id IN "
    "(SELECT id FROM dead_letters WHERE died_ms > ?2 LIMIT ?3)",
    "UPDATE access_events SET occurred_ms = ?1 WHERE id IN "
    "(SELECT id FROM access_events WHERE occurred_ms > ?2 LIMIT ?3)",
};

// A clock that fell to 1970, as one without a battery does, must not make everything old: retention
// has come further by then.
UnixMs present_ms(WriteContext& context) {
    const auto retention_ms =
        number(context.database(), "SELECT retention_ms FROM clock WHERE id = 1");
    return std::max(context.now_ms(), retention_ms.value_or(0));
}

}  // namespace

std::int64_t pull_back_stamps(WriteContext& context, std::int64_t most) {
    Database& database = context.database();
    const UnixMs at_ms = present_ms(context);
    std::int64_t largest = 0;
    for (const std::string_view sql : kPulls) {
        run(database, sql, at_ms, at_ms + kDayMs, most);
        largest = std::max(largest, database.changes());
    }
    return largest;
}

std::int64_t pull_back_rentals(WriteContext& context, std::int64_t after_id, std::int64_t most) {
    Database& database = context.database();
    const auto last_id = number(
        database, "SELECT max(id) FROM (SELECT id FROM rentals WHERE id > ? ORDER BY id LIMIT ?)",
        after_id, most);
    if (!last_id || *last_id == 0) return 0;
    run(database,
        "UPDATE rentals SET updated_ms = min(updated_ms, ?1), ended_ms = min(ended_ms, ?1), "
        "swept_end_ms = min(swept_end_ms, ?1) WHERE id > ?2 AND id <= ?3 "
        "AND max(updated_ms, ended_ms, swept_end_ms) > ?1",
        present_ms(context), after_id, *last_id);
    return *last_id;
}

}  // namespace gatehouse::store::sqlite
