// Reconciler: one look at one rental. Reads the facts, works out the desired access, makes the
// vendor agree and writes the custom fields back. Repeating a look is harmless, and a look that
// finds everything in place writes nothing anywhere (promise P4).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "access/grant.hpp"
#include "access/policy.hpp"
#include "access/rental_record.hpp"
#include "access/rental_source.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "observe/step.hpp"
#include "plugins/plugin_host.hpp"

namespace gatehouse::access {

// What came of one look.
struct Look {
    // The error says why the rental is not as it should be; its kind decides whether and when the
    // look is repeated (dispatch/retry.hpp).
    Result<void> status;
    // To be stored, also when `status` is an error: what was reached so far. Null = unchanged.
    std::shared_ptr<const RentalRecord> record = {};
    // With a good status: when the same facts will be judged otherwise (a start, an end).
    std::optional<UnixMs> again_ms = {};
};

// [any thread; one look at a rental at a time; blocks]
class Reconciler {
  public:
    // All outlive the reconciler.
    Reconciler(RentalRecords& records, plugins::PluginHost& plugins, const Clock& clock);

    Look look(const config::Business& business, RentalSource& source, const std::string& rental_id,
              observe::StepLog& steps);

  private:
    RentalRecords& records_;
    plugins::PluginHost& plugins_;
    const Clock& clock_;
};

}  // namespace gatehouse::access
