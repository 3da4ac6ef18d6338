// TransferLink: a transfer's two rentals. It stands until the new one is granted and the old one
// ended (promise P7), so that a half that fails is never forgotten.
#pragma once

#include <string>

#include "base/clock.hpp"

namespace gatehouse::access {

// (business, old_rental_id, new_rental_id) is its identity.
struct TransferLink {
    std::string business = {};
    std::string old_rental_id = {};
    std::string new_rental_id = {};
    std::string job_id = {};
    UnixMs made_ms = 0;
    UnixMs done_ms = 0;  // 0 = one half or both are still to do
};

}  // namespace gatehouse::access
