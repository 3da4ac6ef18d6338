// AccountCare: looks after a business's account at Storeganise, again and again, so that a refused
// key, an address that is none and a mistyped site are told before a renter waits.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"

namespace gatehouse::dispatch {

// The key of its kCare task; no connection is called so.
constexpr const char* kAccountCareKey = "storeganise";

// [worker threads, one run of a business at a time; blocks]
class AccountCare {
  public:
    // The clock outlives it.
    explicit AccountCare(const Clock& clock) : clock_(clock) {}

    // One small request; once a day one more for each site that the configuration names. Raises and
    // cures `credentials:storeganise` and `site:<name>`. An error is Storeganise's, retried for
    // ever.
    Outcome run(const Task& task, const BusinessParts& parts, std::int64_t care_ms,
                observe::StepLog& steps);

  private:
    static void check_sites(const BusinessParts& parts, Outcome& outcome);
    bool must_check_sites(const std::string& business);

    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, std::int64_t> checked_ns_;  // guarded by mutex_: steady, by business
};

}  // namespace gatehouse::dispatch
