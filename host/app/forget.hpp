// Retention: what is older than the configuration keeps is deleted, a little at a time.
#pragma once

#include <cstdint>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "store/store.hpp"

namespace gatehouse::app {

// How long the sender's id of an event stays known, so that nothing is worked on, told or charged
// twice: two years, or as long as events are kept.
int keep_ids_days(const config::Store& settings);

// [one thread at a time; blocks for commits]
class Forgetter {
  public:
    // All outlive it.
    Forgetter(store::Upkeep& store, access::AccessLog& access_log, const config::Store& settings,
              const Clock& clock)
        : store_(store),
          access_log_(access_log),
          settings_(settings),
          clock_(clock),
          last_ns_(clock.steady_ns()) {}

    // Deletes one batch of each kind. True if there may be more: then call again, soon. Cheap when
    // there are none; a store that cannot be written makes a line in the log and is asked again the
    // next time.
    //
    // Ages are counted by a time that runs at most twice as fast as this process
    // (store/upkeep.hpp): a clock that is ahead by years for a day costs a day of history.
    bool forget_some();

  private:
    store::Upkeep& store_;
    access::AccessLog& access_log_;
    const config::Store& settings_;
    const Clock& clock_;
    std::int64_t last_ns_;
};

}  // namespace gatehouse::app
