// The table of transfers: links between the two rentals of each.
#pragma once

#include <string>
#include <vector>

#include "access/transfer_link.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// [writer's thread]
void put_transfer(WriteContext& context, const access::TransferLink& link);

// Those that were done before, at most `limit`. [writer's thread]
void forget_transfers(Database& database, UnixMs before_ms, std::int64_t limit);

std::vector<access::TransferLink> read_open_transfers(Database& database,
                                                      const std::string& business,
                                                      const std::string& rental_id, int limit);

}  // namespace gatehouse::store::sqlite
