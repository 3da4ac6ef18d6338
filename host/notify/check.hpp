// The part of `gatehouse check` that knows templates.
#pragma once

#include "config/config.hpp"

namespace gatehouse::notify {

// Adds each text of each route that is no template to `problems`, with its place. [any thread]
void check_templates(const config::Config& config, config::Problems& problems);

}  // namespace gatehouse::notify
