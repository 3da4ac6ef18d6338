// serve: the life of the host process, from reading the configuration to the last answer.
#pragma once

#include <filesystem>

namespace gatehouse::app {

// Runs until SIGTERM or SIGINT. 0 = ended as told; 2 = the configuration has mistakes, all of them
// printed to stderr; 1 = a part did not start. [the main thread, before any other]
int serve(const std::filesystem::path& config_file);

}  // namespace gatehouse::app
