#include "store/sqlite/rentals.hpp"

namespace gatehouse::store::sqlite {
namespace {

access::RentalRecord record_of(const Query& row, const std::string& business) {
    access::RentalRecord record;
    record.business = business;
    record.rental_id = row.text(0);
    record.connection = row.text(1);
    record.site_id = row.text(2);
    record.unit_id = row.text(3);
    record.unit_name = row.text(4);
    record.renter_id = row.text(5);
    record.desired_json = row.text(6);
    record.grant_json = row.text(7);
    record.fields_json = row.text(8);
    record.updated_ms = row.integer(9);
    return record;
}

}  // namespace

void put_rental(WriteContext& context, const access::RentalRecord& record) {
    run(context.database(),
        "INSERT INTO rentals (business, rental_id, connection, site_id, unit_id, unit_name, "
        "renter_id, desired_json, grant_json, fields_json, updated_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (business, rental_id) DO UPDATE SET "
        "connection = excluded.connection, site_id = excluded.site_id, "
        "unit_id = excluded.unit_id, unit_name = excluded.unit_name, "
        "renter_id = excluded.renter_id, desired_json = excluded.desired_json, "
        "grant_json = excluded.grant_json, fields_json = excluded.fields_json, "
        "updated_ms = excluded.updated_ms",
        context.name_id(record.business), record.rental_id, record.connection, record.site_id,
        record.unit_id, record.unit_name, record.renter_id, record.desired_json, record.grant_json,
        record.fields_json, record.updated_ms);
}

std::optional<access::RentalRecord> read_rental(Database& database, const std::string& business,
                                                const std::string& rental_id) {
    Query query(database,
                "SELECT rental_id, connection, site_id, unit_id, unit_name, renter_id, "
                "desired_json, grant_json, fields_json, updated_ms FROM rentals "
                "WHERE business = (SELECT id FROM names WHERE name = ?) AND rental_id = ?",
                business, rental_id);
    if (!query.next()) return std::nullopt;
    return record_of(query, business);
}

std::vector<access::RentalRecord> read_rentals(Database& database, const std::string& business,
                                               const std::string& after_rental_id, int limit) {
    std::vector<access::RentalRecord> records;
    Query query(database,
                "SELECT rental_id, connection, site_id, unit_id, unit_name, renter_id, "
                "desired_json, grant_json, fields_json, updated_ms FROM rentals "
                "WHERE business = (SELECT id FROM names WHERE name = ?) AND rental_id > ? "
                "ORDER BY rental_id LIMIT ?",
                business, after_rental_id, limit);
    while (query.next()) {
        records.push_back(record_of(query, business));
    }
    return records;
}

}  // namespace gatehouse::store::sqlite
