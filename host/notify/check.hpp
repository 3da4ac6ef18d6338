// The part of `gatehouse check` that knows routes.
#pragma once

#include "config/config.hpp"

namespace gatehouse::notify {

// Adds what is wrong with routes to `problems`, each with its place. Errors: texts that are no
// templates. Warnings: patterns that fit no event type that is known, and names in texts that stay
// empty because the route does not fetch them. [any thread]
void check_routes(const config::Config& config, config::Problems& problems);

}  // namespace gatehouse::notify
