// check_targets: the targets that stand in the configuration, held against what the plugin of their
// site opens.
#pragma once

#include "config/config.hpp"
#include "config/problem.hpp"
#include "plugins/registry.hpp"

namespace gatehouse::plugins {

// An error, at the site's targets, for each of a kind or with an id that its plugin does not have:
// a shared target that is refused leaves every renter of the site before shut doors. Nothing for
// plugins whose manifest names no kinds.
void check_targets(const config::Business& business, const Registry& registry,
                   config::Problems& problems);

}  // namespace gatehouse::plugins
