// Reconciler: one look at one rental. Reads the facts, works out the desired access, makes the
// vendor agree and writes the custom fields back. Repeating a look is harmless, and a look that
// finds everything in place writes nothing anywhere (promise P4).
#pragma once

#include <string>

#include "access/fuse.hpp"
#include "access/look.hpp"
#include "access/pin_desk.hpp"
#include "access/rental_lookups.hpp"
#include "access/rental_record.hpp"
#include "access/rental_source.hpp"
#include "access/stray.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "observe/step.hpp"
#include "plugins/plugin_host.hpp"

namespace gatehouse::access {

// What looking needs; all outlive the reconciler.
struct Parts {
    RentalRecords& records;
    RentalLookups& lookups;
    plugins::PluginHost& plugins;
    const PinKey& pin_key;
    const Clock& clock;
    Random& random;
};

// [any thread; one look at a rental at a time; blocks]
class Reconciler {
  public:
    explicit Reconciler(const Parts& parts);

    Look look(const config::Business& business, RentalSource& source, const std::string& rental_id,
              const LookOptions& options, observe::StepLog& steps);

    // Where sweeps leave what they find; a rental's next look takes it.
    StrayDesk& strays() { return strays_; }

  private:
    const Parts parts_;
    PinDesk pins_;
    FuseDesk fuses_;
    StrayDesk strays_;
};

}  // namespace gatehouse::access
