// CaseFile: an end-to-end case as text, one sentence a line (tests/e2e/README.md).
#pragma once

#include <filesystem>

namespace gatehouse::e2e {

// Whether this build can run it. Under a sanitizer no process can have a time of day of its own:
// the sanitizer's runtime wants to be loaded first, and so does faketime's.
bool can_run_case(const std::filesystem::path& file);

// Runs every line of the file against a fresh World. Throws std::runtime_error that names the line.
void run_case(const std::filesystem::path& file);

}  // namespace gatehouse::e2e
