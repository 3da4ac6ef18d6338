// Landlock: a read-only view of the folders that libraries are loaded from. Best effort: kernels
// before 5.13, and those built or started without it, have none.
#pragma once

#include <string>

namespace gatehouse::runner {

// The kernel's Landlock version that now holds, or 0 if it holds not.
int restrict_files(const std::string& plugin_directory);

}  // namespace gatehouse::runner
