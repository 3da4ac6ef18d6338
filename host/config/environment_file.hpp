// EnvironmentFile: the variables of a file as a service manager gives them to its service
// (systemd's EnvironmentFile=). A shell reads the same lines otherwise: it expands '$' and runs
// what stands behind a blank.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "config/problem.hpp"

namespace gatehouse::config {

using Variables = std::map<std::string, Secret, std::less<>>;

// Adds the file's variables to `variables`; a later assignment of a name counts. A line that the
// service manager passes over is a warning, a file that it refuses an error. Messages hold names,
// never values. [any thread]
void read_environment_file(const std::filesystem::path& file, Variables& variables,
                           Problems& problems);

// The same for text in hand; `file` is its name in places.
void read_environment_text(std::string_view text, const std::string& file, Variables& variables,
                           Problems& problems);

}  // namespace gatehouse::config
