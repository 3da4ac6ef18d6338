// The table of rental records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/rental_record.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// [writer's thread]
void put_rental(WriteContext& context, const access::RentalRecord& record);

std::optional<access::RentalRecord> read_rental(Database& database, const std::string& business,
                                                const std::string& rental_id);
std::vector<access::RentalRecord> read_rentals(Database& database, const std::string& business,
                                               const std::string& after_rental_id, int limit);

}  // namespace gatehouse::store::sqlite
