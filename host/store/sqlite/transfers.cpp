#include "store/sqlite/transfers.hpp"

#include "store/sqlite/names.hpp"

namespace gatehouse::store::sqlite {

void put_transfer(WriteContext& context, const access::TransferLink& link) {
    run(context.database(),
        "INSERT INTO transfers (business, old_rental_id, new_rental_id, job_id, made_ms, done_ms) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (business, old_rental_id, new_rental_id) DO UPDATE "
        "SET job_id = excluded.job_id, made_ms = excluded.made_ms, done_ms = excluded.done_ms",
        context.name_id(link.business), link.old_rental_id, link.new_rental_id, link.job_id,
        link.made_ms, link.done_ms);
}

void forget_transfers(Database& database, UnixMs before_ms, std::int64_t limit) {
    run(database,
        "DELETE FROM transfers WHERE (business, old_rental_id, new_rental_id) IN "
        "(SELECT business, old_rental_id, new_rental_id FROM transfers "
        "WHERE done_ms > 0 AND done_ms < ? ORDER BY done_ms LIMIT ?)",
        before_ms, limit);
}

std::vector<access::TransferLink> read_open_transfers(Database& database,
                                                      const std::string& business,
                                                      const std::string& rental_id, int limit) {
    std::vector<access::TransferLink> links;
    Query query(database,
                "SELECT old_rental_id, new_rental_id, job_id, made_ms FROM transfers "
                "WHERE business = " ID_OF("?1") " AND old_rental_id = ?2 AND done_ms = 0 UNION "
                "SELECT old_rental_id, new_rental_id, job_id, made_ms FROM transfers "
                "WHERE business = " ID_OF("?1") " AND new_rental_id = ?2 AND done_ms = 0 "
                "ORDER BY made_ms, old_rental_id, new_rental_id LIMIT ?3",
                business, rental_id, limit);
    while (query.next()) {
        links.push_back(
            {business, query.text(0), query.text(1), query.text(2), query.integer(3), 0});
    }
    return links;
}

}  // namespace gatehouse::store::sqlite
