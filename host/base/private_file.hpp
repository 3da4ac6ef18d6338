// Files that are whole or not there: copied, synced and put in place. [any thread]
#pragma once

#include <string>

#include "base/result.hpp"

namespace gatehouse {

// Makes an empty file with mode 0600. kConflict if it exists.
Result<void> make_private_file(const std::string& path);

// Copies the bytes into a new file with mode 0600 and syncs it. kConflict if `target` exists.
Result<void> copy_private(const std::string& source, const std::string& target);

// Syncs the file and its folder.
Result<void> sync_file(const std::string& path);

// Gives the file the owner of `like`, where this process may.
Result<void> take_owner(const std::string& path, const std::string& like);

// Renames and syncs the folder.
Result<void> put_in_place(const std::string& from, const std::string& to);

}  // namespace gatehouse
