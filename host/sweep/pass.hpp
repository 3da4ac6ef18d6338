// Pass: one part of a sweep, done in small steps so that its worker can be given back between them.
#pragma once

#include <utility>

#include "access/rental_lookups.hpp"
#include "access/rental_record.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "plugins/plugin_host.hpp"
#include "storeganise/client.hpp"
#include "sweep/comparison.hpp"
#include "sweep/findings.hpp"

namespace gatehouse::sweep {

// What a sweep works with; all of it outlives the sweep.
struct Parts {
    const config::Business& business;
    storeganise::Client& client;
    plugins::PluginHost& plugins;
    access::RentalRecords& records;
    access::RentalLookups& lookups;
    const Comparison& comparison;
    const Clock& clock;
};

// [one thread at a time]
class Pass {
  public:
    Pass() = default;
    virtual ~Pass() = default;
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

    // At most one request to Storeganise or to a vendor. After an error the same step may be taken
    // again, but for kConflict and kInternal: what was read so far is of no use then.
    virtual Result<void> step(Findings& findings) = 0;

    virtual bool is_over() const = 0;
};

// An error of the other side: whatever its kind, the same step may be taken again.
inline tl::unexpected<Error> not_answered(Error error) {
    const bool is_own = error.kind == ErrorKind::kConflict || error.kind == ErrorKind::kInternal;
    if (is_own) error.kind = ErrorKind::kUnavailable;
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace gatehouse::sweep
