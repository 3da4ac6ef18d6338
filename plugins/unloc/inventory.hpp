// What Unloc holds, for sweeps.
#pragma once

#include <string>

#include "unloc_api.hpp"

namespace gatehouse::unloc {

// One page of live keys as schemas/inventory.list.result.json. A key that Gatehouse made names its
// rental and business. `cursor` is the last key of the page before. Throws as UnlocApi does.
Json inventory_page(UnlocApi& api, const std::string& cursor);

}  // namespace gatehouse::unloc
