// Carer: looks after a connection, again and again. Does the vendor answer and take the key? Does
// it still send its events here? Which of them were missed while this host was down or the webhook
// off?
#pragma once

#include <string>
#include <vector>

#include "access/rental_lookups.hpp"
#include "access/rental_record.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"
#include "dispatch/account_care.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"
#include "plugins/plugin_host.hpp"

namespace gatehouse::dispatch {

// Events that happened up to this long before the last good run are asked for again: vendors tell
// late. Longer than the longest `dispatch.care`, so that no change of it leaves a gap.
constexpr std::int64_t kCareOverlapMs = 3'600'000;

// Further back than this nothing is asked for, however long the host was down.
constexpr std::int64_t kCareReachMs = 30LL * 86'400'000;

// How far apart the connections of a host that starts are cared for, if there are so few of them.
constexpr std::int64_t kCareApartMs = 250;

// One for each connection and each business's account, one after the other over `dispatch.care` at
// most, as they go on from then: a host that starts, or was down for long, has other work than all
// of them at once. One that waits already is only pushed back: since when it waits says when the
// last good run was.
std::vector<NewTask> care_tasks(const config::Config& config, UnixMs now_ms);

class Carer final : public TaskHandler {
  public:
    // All outlive the carer.
    Carer(const config::Config& config, const Businesses& businesses, plugins::PluginHost& plugins,
          access::RentalRecords& records, access::RentalLookups& lookups, const Clock& clock)
        : config_(config),
          businesses_(businesses),
          plugins_(plugins),
          records_(records),
          lookups_(lookups),
          clock_(clock) {}

    // Good: comes again after `dispatch.care`. An error is retried for ever; the time since when
    // events are asked for stays that of the last good run. A connection that is gone from the
    // configuration ends well.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    const config::Config& config_;
    const Businesses& businesses_;
    plugins::PluginHost& plugins_;
    access::RentalRecords& records_;
    access::RentalLookups& lookups_;
    const Clock& clock_;
    AccountCare account_{clock_};
};

}  // namespace gatehouse::dispatch
