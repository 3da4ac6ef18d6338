// Way: what is known of a connection's way out while it is not open to all.
#pragma once

#include <string>

#include "base/clock.hpp"

namespace gatehouse::egress {

struct Way {
    std::string key;      // Policy::key
    std::string state;    // of its breaker: "open" or "half-open"
    std::string reason;   // the last failure
    UnixMs tried_ms = 0;  // when a request may go out next
};

}  // namespace gatehouse::egress
