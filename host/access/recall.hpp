// Recall: what a rental's record says, in the forms that deciding and applying need.
#pragma once

#include "access/grant.hpp"
#include "access/policy.hpp"
#include "access/rental_record.hpp"

namespace gatehouse::access {

struct Recalled {
    Memory memory;
    Grant grant;  // meaningful while memory.holds_grant
};

// kInternal: the record is not what this program writes.
Result<Recalled> recall(const RentalRecord& record, const SiteRules& rules);

}  // namespace gatehouse::access
