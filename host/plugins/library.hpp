// What is checked of a plugin's files before a runner is started for them: a file that others than
// root and the host's own user can change is code that others can run.
#pragma once

#include <filesystem>
#include <string>

#include "plugins/manifest.hpp"

namespace gatehouse::plugins {

// Why this file or folder is not to be trusted; empty if it is: owned by root or by this process's
// user, and writable by nobody else.
std::string fault_in_ownership(const std::filesystem::path& path);

// The same for the library and its folder, and whether the library's checksum is the manifest's.
std::string fault_in_library(const Manifest& manifest);

}  // namespace gatehouse::plugins
