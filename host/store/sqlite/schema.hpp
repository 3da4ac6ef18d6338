// The tables and how an older file becomes a newer one (docs/formats/store.md).
#pragma once

#include <span>

#include "base/result.hpp"
#include "store/sqlite/database.hpp"

namespace gatehouse::store::sqlite {

// "GTHS", kept in the file's header: no other program's database is taken for ours.
inline constexpr std::int64_t kApplicationId = 0x47544853;

// Step n (from 1) makes version n of version n - 1. Steps that were released never change.
std::span<const char* const> migrations();

// Brings the file to the newest version, each step in a transaction of its own. kInvalid if the
// file belongs to another program or to a newer Gatehouse; nothing is changed then.
Result<void> migrate(Database& database, std::span<const char* const> steps);

}  // namespace gatehouse::store::sqlite
