// What Kisi holds: every user's role in a group, with the rental that a claim says it was made for.
//
// Kisi lists the first 20,000 entries of a list and no more. An organization with more roles than
// that is read group by group; one group with more is more than can be read.
#pragma once

#include <cstdint>
#include <string>

#include "kisi_api.hpp"

namespace gatehouse::kisi {

// schemas/inventory.list.result.json, one page. The cursor is empty, "<offset>" in the list of all
// roles, or "<group>/<offset>": the place of a group among the groups, and an offset in its roles.
// Throws Error.
Json inventory_page(KisiApi& api, const std::string& cursor, std::int64_t now_ms);

}  // namespace gatehouse::kisi
