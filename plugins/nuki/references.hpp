// What the host keeps for the plugin between calls, as values.
#pragma once

#include <map>

#include "lock_code.hpp"

namespace gatehouse::nuki {

using HeldCodes = std::map<LockId, HeldCode>;

// What is unreadable counts as not there.
HeldCodes held_codes(const Json& references);

// Never the PIN.
Json to_references(const std::string& business, const std::string& rental_id,
                   const HeldCodes& codes);

}  // namespace gatehouse::nuki
