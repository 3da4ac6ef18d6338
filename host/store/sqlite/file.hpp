// The files on disk: made for the owner only, and used by one process at a time.
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace gatehouse::store::sqlite {

// Holds an exclusive lock on "<path>.lock" for as long as the descriptor lives, whether there is a
// database or not. As claim_database_file() otherwise.
Result<UniqueFd> lock_database_file(const std::string& path);

// Makes sure that `path` exists with mode 0600 and holds an exclusive lock on "<path>.lock" for as
// long as the descriptor lives; a killed process frees it. kConflict if another process has it,
// kUnavailable if a file cannot be made.
//
// The lock has a file of its own: SQLite's locks on the database end when any descriptor of it is
// closed, so nobody else may open it.
Result<UniqueFd> claim_database_file(const std::string& path);

}  // namespace gatehouse::store::sqlite
