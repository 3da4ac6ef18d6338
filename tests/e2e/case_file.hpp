// CaseFile: an end-to-end case as text, one sentence a line (tests/e2e/README.md).
#pragma once

#include <filesystem>

namespace gatehouse::e2e {

// Runs every line of the file against a fresh World. Throws std::runtime_error that names the line.
void run_case(const std::filesystem::path& file);

}  // namespace gatehouse::e2e
