// What the store holds of one renter (store/renters.hpp): reading it, and erasing it row by row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/renters.hpp"
#include "store/sqlite/renter_rows.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

RenterData read_renter(Database& database, const std::string& business,
                       const std::string& renter_id);

// Erases a piece of `rows`, at most `most` of them, and takes those out of it; says how many rows
// of the tables were changed. [writer's thread]
std::int64_t erase_some(WriteContext& context, const std::string& business, RenterRows& rows,
                        std::size_t most);

// [writer's thread]
void note_erasure(WriteContext& context, const std::string& business, const std::string& renter_id,
                  std::int64_t changed_rows);

}  // namespace gatehouse::store::sqlite
