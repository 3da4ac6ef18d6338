#include "store/sqlite/rentals.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/json.hpp"
#include "store/sqlite/names.hpp"

namespace gatehouse::store::sqlite {
namespace {

using access::RentalKey;
using access::RentalRecord;

// A target holds no line break: rules of the configuration and of the custom fields see to it.
constexpr char kBetweenTargets = '\n';

std::string join(const std::set<std::string>& targets) {
    std::string text;
    for (const std::string& target : targets) {
        if (!text.empty()) text += kBetweenTargets;
        text += target;
    }
    return text;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> targets;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find(kBetweenTargets, begin), text.size());
        targets.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return targets;
}

#define RENTAL_COLUMNS                                                              \
    NAME_OF("r.business")                                                           \
    ", r.rental_id, r.connection, r.site_id, r.unit_id, r.unit_name, r.renter_id, " \
    "r.desired_json, r.grant_json, r.fields_json, r.updated_ms, r.targets, "        \
    "r.move_in_job_id, r.move_out_job_id, r.pin_hash, r.swept_end_ms, r.fuse_blocked_ms"

RentalRecord record_of(const Query& row) {
    RentalRecord record;
    record.business = row.text(0);
    record.rental_id = row.text(1);
    record.connection = row.text(2);
    record.site_id = row.text(3);
    record.unit_id = row.text(4);
    record.unit_name = row.text(5);
    record.renter_id = row.text(6);
    record.desired_json = row.text(7);
    record.grant_json = row.text(8);
    record.fields_json = row.text(9);
    record.updated_ms = row.integer(10);
    record.targets = split(row.text(11));
    record.move_in_job_id = row.text(12);
    record.move_out_job_id = row.text(13);
    record.pin_hash = row.text(14);
    record.swept_end_ms = row.integer(15);
    record.fuse_blocked_ms = row.integer(16);
    return record;
}

std::vector<RentalRecord> records_of(Query& query) {
    std::vector<RentalRecord> records;
    while (query.next()) {
        records.push_back(record_of(query));
    }
    return records;
}

std::string stored_targets(Database& database, std::int64_t business,
                           const std::string& rental_id) {
    Query query(database, "SELECT targets FROM rentals WHERE business = ? AND rental_id = ?",
                business, rental_id);
    return query.next() ? query.text(0) : std::string();
}

// Most looks leave the targets as they were, and then nothing is written.
void replace_targets(Database& database, std::int64_t business, const std::string& rental_id,
                     const std::string& before, const std::set<std::string>& targets) {
    for (const std::string& target : split(before)) {
        run(database,
            "DELETE FROM rental_targets WHERE business = ? AND target = ? AND rental_id = ?",
            business, target, rental_id);
    }
    for (const std::string& target : targets) {
        run(database,
            "INSERT INTO rental_targets (business, target, rental_id) VALUES (?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            business, target, rental_id);
    }
}

// When nothing was held any more and nothing will be; 0 while that may change.
UnixMs ended_ms_of(const RentalRecord& record) {
    if (!record.grant_json.empty()) return 0;
    const auto desired = parse_json(record.desired_json);
    return desired && string_member(*desired, "state") == "ended" ? record.updated_ms : 0;
}

}  // namespace

void put_rental(WriteContext& context, const RentalRecord& record) {
    Database& database = context.database();
    const std::int64_t business = context.name_id(record.business);
    const std::set<std::string> targets(record.targets.begin(), record.targets.end());
    const std::string joined = join(targets);
    const std::string before = stored_targets(database, business, record.rental_id);
    if (before != joined) replace_targets(database, business, record.rental_id, before, targets);
    run(database,
        "INSERT INTO rentals (business, rental_id, connection, site_id, unit_id, unit_name, "
        "renter_id, desired_json, grant_json, fields_json, updated_ms, targets, move_in_job_id, "
        "move_out_job_id, pin_hash, swept_end_ms, fuse_blocked_ms, ended_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (business, rental_id) DO UPDATE SET "
        "connection = excluded.connection, site_id = excluded.site_id, "
        "unit_id = excluded.unit_id, unit_name = excluded.unit_name, "
        "renter_id = excluded.renter_id, desired_json = excluded.desired_json, "
        "grant_json = excluded.grant_json, fields_json = excluded.fields_json, "
        "updated_ms = excluded.updated_ms, targets = excluded.targets, "
        "move_in_job_id = excluded.move_in_job_id, move_out_job_id = excluded.move_out_job_id, "
        "pin_hash = excluded.pin_hash, swept_end_ms = excluded.swept_end_ms, "
        "fuse_blocked_ms = excluded.fuse_blocked_ms, "
        "ended_ms = iif(ended_ms > 0 AND excluded.ended_ms > 0, ended_ms, excluded.ended_ms)",
        business, record.rental_id, record.connection, record.site_id, record.unit_id,
        record.unit_name, record.renter_id, record.desired_json, record.grant_json,
        record.fields_json, record.updated_ms, joined, record.move_in_job_id,
        record.move_out_job_id, record.pin_hash, record.swept_end_ms, record.fuse_blocked_ms,
        ended_ms_of(record));
}

std::int64_t remove_rental(Database& database, std::int64_t business,
                           const std::string& rental_id) {
    const std::string targets = stored_targets(database, business, rental_id);
    replace_targets(database, business, rental_id, targets, {});
    run(database, "DELETE FROM steps WHERE business = ? AND rental_id = ?", business, rental_id);
    const std::int64_t steps = database.changes();
    run(database, "DELETE FROM rentals WHERE business = ? AND rental_id = ?", business, rental_id);
    return steps + database.changes();
}

std::int64_t forget_rentals(Database& database, UnixMs before_ms, std::int64_t limit) {
    std::vector<std::pair<std::int64_t, std::string>> ended;
    {
        Query query(database,
                    "SELECT business, rental_id FROM rentals AS r "
                    "WHERE ended_ms > 0 AND ended_ms < ? AND fuse_blocked_ms = 0 "
                    "AND NOT EXISTS (SELECT 1 FROM tasks AS t WHERE t.business = r.business "
                    "AND t.kind = 2 AND t.key = r.rental_id) "
                    "AND NOT EXISTS (SELECT 1 FROM dead_letters AS d WHERE d.business = r.business "
                    "AND d.kind = 2 AND d.key = r.rental_id) "
                    "AND NOT EXISTS (SELECT 1 FROM transfers AS o WHERE o.business = r.business "
                    "AND o.old_rental_id = r.rental_id AND o.done_ms = 0) "
                    "AND NOT EXISTS (SELECT 1 FROM transfers AS n WHERE n.business = r.business "
                    "AND n.new_rental_id = r.rental_id AND n.done_ms = 0) "
                    "ORDER BY ended_ms LIMIT ?",
                    before_ms, limit);
        while (query.next()) {
            ended.emplace_back(query.integer(0), query.text(1));
        }
    }
    for (const auto& [business, rental_id] : ended) {
        remove_rental(database, business, rental_id);
    }
    return static_cast<std::int64_t>(ended.size());
}

std::optional<RentalRecord> read_rental(Database& database, const std::string& business,
                                        const std::string& rental_id) {
    Query query(database,
                "SELECT " RENTAL_COLUMNS
                " FROM rentals AS r WHERE r.business = " ID_OF("?") " AND r.rental_id = ?",
                business, rental_id);
    if (!query.next()) return std::nullopt;
    return record_of(query);
}

std::vector<RentalRecord> read_rentals(Database& database, const std::string& business,
                                       const std::string& after_rental_id, int limit) {
    Query query(database,
                "SELECT " RENTAL_COLUMNS " FROM rentals AS r WHERE r.business = " ID_OF(
                    "?") " AND r.rental_id > ? ORDER BY r.rental_id LIMIT ?",
                business, after_rental_id, limit);
    return records_of(query);
}

#define RENTALS_BY(column)                                                   \
    "SELECT " RENTAL_COLUMNS " FROM rentals AS r WHERE r.business = " ID_OF( \
        "?") " AND " column " = ? AND r.rental_id > ? ORDER BY r.rental_id LIMIT ?"

std::vector<RentalRecord> read_rentals_by(Database& database, const std::string& business,
                                          RentalKey key, const std::string& value,
                                          const std::string& after_rental_id, int limit) {
    std::string_view sql;
    switch (key) {
        case RentalKey::kUnit:
            sql = RENTALS_BY("r.unit_id");
            break;
        case RentalKey::kRenter:
            sql = RENTALS_BY("r.renter_id");
            break;
        case RentalKey::kSite:
            sql = RENTALS_BY("r.site_id");
            break;
        case RentalKey::kTarget:
            sql = "SELECT " RENTAL_COLUMNS
                  " FROM rental_targets AS t CROSS JOIN rentals AS r "
                  "ON r.business = t.business AND r.rental_id = t.rental_id "
                  "WHERE t.business = " ID_OF(
                      "?") " AND t.target = ? AND t.rental_id > ? ORDER BY t.rental_id LIMIT ?";
            break;
    }
    Query query(database, sql, business, value, after_rental_id, limit);
    return records_of(query);
}

std::optional<std::string> read_pin_holder(Database& database, const std::string& business,
                                           const std::string& site_id,
                                           const std::string& pin_hash) {
    Query query(database,
                "SELECT rental_id FROM rentals WHERE business = " ID_OF(
                    "?") " AND site_id = ? AND pin_hash = ? AND pin_hash <> '' LIMIT 1",
                business, site_id, pin_hash);
    if (!query.next()) return std::nullopt;
    return query.text(0);
}

access::FuseCounts read_fuse_counts(Database& database, const std::string& business,
                                    const std::string& site_id, UnixMs since_ms) {
    access::FuseCounts counts;
    counts.swept_ends = number(database,
                               "SELECT count(*) FROM rentals WHERE business = " ID_OF(
                                   "?") " AND site_id = ? AND swept_end_ms > 0 "
                                        "AND swept_end_ms >= ?",
                               business, site_id, since_ms)
                            .value_or(0);
    counts.grants = number(database,
                           "SELECT count(*) FROM rentals WHERE business = " ID_OF(
                               "?") " AND site_id = ? AND grant_json <> ''",
                           business, site_id)
                        .value_or(0);
    return counts;
}

std::vector<RentalRecord> read_fuse_blocked(Database& database,
                                            const std::optional<std::string>& business, int limit) {
    if (business) {
        Query query(database,
                    "SELECT " RENTAL_COLUMNS " FROM rentals AS r WHERE r.business = " ID_OF(
                        "?") " AND r.fuse_blocked_ms > 0 ORDER BY r.rental_id LIMIT ?",
                    *business, limit);
        return records_of(query);
    }
    Query query(database,
                "SELECT " RENTAL_COLUMNS
                " FROM rentals AS r WHERE r.fuse_blocked_ms > 0 "
                "ORDER BY r.business, r.rental_id LIMIT ?",
                limit);
    return records_of(query);
}

}  // namespace gatehouse::store::sqlite
