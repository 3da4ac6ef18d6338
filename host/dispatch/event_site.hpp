// Whether an event belongs to one of the sites that a route is for.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "dispatch/event_objects.hpp"

namespace gatehouse::dispatch {

// `sites` holds ids and codes; empty = any, also an event that belongs to no site. The site itself
// is read only when its id is not among them.
Result<bool> is_of_sites(const std::vector<std::string>& sites, EventObjects& objects);

}  // namespace gatehouse::dispatch
