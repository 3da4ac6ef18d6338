// RentalSource: where access reads a rental's facts and writes its custom fields back. Implemented
// by storeganise::Client; another management system would be another implementation.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "access/facts.hpp"
#include "base/result.hpp"
#include "observe/step.hpp"

namespace gatehouse::access {

// Values to write: nothing = clear.
using FieldChanges = std::map<std::string, std::optional<std::string>>;

// [any thread; blocks]
class RentalSource {
  public:
    virtual ~RentalSource() = default;

    // The rental with its unit, renter and custom fields. kInvalid: the answer speaks of another
    // rental, unit or renter. kUnavailable: empty, cut off, unreadable or not reachable. Neither is
    // ever taken for facts (promise P6).
    virtual Result<Facts> rental(const std::string& rental_id, observe::StepLog* steps) = 0;

    // When a job was last changed. kNotFound: no such job, or it does not tell. kUnsupported: not
    // known here.
    virtual Result<UnixMs> job_updated_ms(const std::string& /*job_id*/,
                                          observe::StepLog* /*steps*/) {
        return fail(ErrorKind::kUnsupported, "jobs are not read here");
    }

    // Writes just these custom fields. An empty map sends nothing.
    virtual Result<void> write_fields(const std::string& rental_id, const FieldChanges& changes,
                                      observe::StepLog* steps) = 0;
};

}  // namespace gatehouse::access
