// The table of rental records.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/rental_lookups.hpp"
#include "access/rental_record.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// [writer's thread]
void put_rental(WriteContext& context, const access::RentalRecord& record);

// With its targets and steps; says how many rows of steps and rentals went. [writer's thread]
std::int64_t remove_rental(Database& database, std::int64_t business, const std::string& rental_id);

// Says how many went, of at most `limit`. [writer's thread]
std::int64_t forget_rentals(Database& database, UnixMs before_ms, std::int64_t limit);

std::optional<access::RentalRecord> read_rental(Database& database, const std::string& business,
                                                const std::string& rental_id);
std::vector<access::RentalRecord> read_rentals(Database& database, const std::string& business,
                                               const std::string& after_rental_id, int limit);
std::vector<access::RentalRecord> read_rentals_by(Database& database, const std::string& business,
                                                  access::RentalKey key, const std::string& value,
                                                  const std::string& after_rental_id, int limit);

std::optional<std::string> read_pin_holder(Database& database, const std::string& business,
                                           const std::string& site_id, const std::string& pin_hash);
access::FuseCounts read_fuse_counts(Database& database, const std::string& business,
                                    const std::string& site_id, UnixMs since_ms);
std::vector<access::RentalRecord> read_fuse_blocked(Database& database,
                                                    const std::optional<std::string>& business,
                                                    int limit);

}  // namespace gatehouse::store::sqlite
