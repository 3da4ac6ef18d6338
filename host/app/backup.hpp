// The verbs `backup` and `restore`: the database and the key of the PINs' hashes that belongs to
// it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"

namespace gatehouse::app {

// Writes the database to `target` and its key to "<target>.pin.key", both for the owner only. What
// was done, a line each; errors as store/backup.hpp says, kInvalid: the configuration is wrong.
Result<std::vector<std::string>> back_up(const std::filesystem::path& config_file,
                                         const std::filesystem::path& target);

// The way back from there, while no host runs; the former files keep another name.
Result<std::vector<std::string>> restore(const std::filesystem::path& config_file,
                                         const std::filesystem::path& source, const Clock& clock);

}  // namespace gatehouse::app
