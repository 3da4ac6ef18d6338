// Comparison: would a look at this rental change anything?
#pragma once

#include <optional>
#include <string>

#include "access/facts.hpp"
#include "access/rental_record.hpp"
#include "base/result.hpp"
#include "config/config.hpp"

namespace gatehouse::sweep {

// [any thread]
class Comparison {
  public:
    virtual ~Comparison() = default;

    // What a look would do, in a few words; empty if it would do nothing. kUnavailable: the facts
    // cannot be those of this rental (promise P6). kInternal: what is needed could not be read.
    virtual Result<std::string> difference(
        const config::Business& business, const access::Facts& listed,
        const std::optional<access::RentalRecord>& record) const = 0;
};

}  // namespace gatehouse::sweep
