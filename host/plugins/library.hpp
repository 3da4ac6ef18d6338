// What is checked of a plugin's files before a runner is started for them: a file that others than
// root and the host's own user can change is code that others can run.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/unique_fd.hpp"
#include "plugins/manifest.hpp"

namespace gatehouse::plugins {

// Why this file or folder is not to be trusted; empty if it is: owned by root or by this process's
// user, and writable by nobody else.
std::string fault_in_ownership(const std::filesystem::path& path);

struct CheckedLibrary {
    std::string fault;  // why it must not be loaded; empty if it may
    // Where the manifest names a checksum: the bytes that have it, in memory and sealed, which is
    // what runners load. So nothing can come between the check and the loading. Shared by all that
    // ask for the same checksum. Null without a checksum: the file itself is loaded.
    std::shared_ptr<const UniqueFd> copy;
};

// The ownership of the library and its folder, and its checksum. Reads the whole file if there is
// one. [any thread]
CheckedLibrary check_library(const Manifest& manifest);

}  // namespace gatehouse::plugins
