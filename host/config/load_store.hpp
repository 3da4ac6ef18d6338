// The `store` section of gatehouse.yaml alone, for backups: an operator's shell often has none of
// the variables that the other sections refer to.
#pragma once

#include <filesystem>
#include <optional>

#include "config/config.hpp"

namespace gatehouse::config {

// Nothing if it cannot be read; `problems` then says why. Never throws.
std::optional<Store> load_store(const std::filesystem::path& file, Problems& problems);

}  // namespace gatehouse::config
