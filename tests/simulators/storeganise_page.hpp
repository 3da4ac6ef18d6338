// Pages of Storeganise's lists.
#pragma once

#include <vector>

#include "simulators/entities.hpp"
#include "simulators/query.hpp"

namespace gatehouse::simulators {

// A page's entities: of those that pass the query's filters the ones behind its offset, as many as
// its limit. Without a filter, and by ids, it costs what it holds.
std::vector<const Entity*> page_of(Entities& entities, const Query& query);

}  // namespace gatehouse::simulators
