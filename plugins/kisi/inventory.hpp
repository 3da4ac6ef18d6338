// What Kisi holds: every user's role in a group, with the rental that a claim says it was made for.
#pragma once

#include <cstdint>

#include "kisi_api.hpp"

namespace gatehouse::kisi {

// schemas/inventory.list.result.json, one page. Throws Error.
Json inventory_page(KisiApi& api, int offset, std::int64_t now_ms);

}  // namespace gatehouse::kisi
