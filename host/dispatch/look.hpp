// Looker: runs a reconcile task through access::Reconciler.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "access/reconcile.hpp"
#include "access/rental_record.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"
#include "plugins/plugin_host.hpp"

namespace gatehouse::dispatch {

// Facts that say the opposite of the event that asks for a look are read again after 2, 5, 15 and
// 60 s, counted from the event; then they are believed.
constexpr std::array<std::int64_t, 4> kDoubtsEndMs{2'000, 7'000, 22'000, 82'000};
// However the clock runs. Other failures of the look count as well.
constexpr int kMaxDoubts = 20;

// How long such facts stay in doubt in the run of number `attempt`, so long after the event asked;
// nothing = they are believed now.
std::optional<std::int64_t> doubt_ms(int attempt, std::int64_t since_asked_ms);

class Looker final : public TaskHandler {
  public:
    // All outlive the looker.
    Looker(const Businesses& businesses, access::Reconciler& reconciler,
           access::RentalRecords& records, const plugins::PluginHost& plugins,
           const config::Dispatch& settings, const Clock& clock)
        : businesses_(businesses),
          reconciler_(reconciler),
          records_(records),
          plugins_(plugins),
          settings_(settings),
          clock_(clock) {}

    // kNotFound: the business is gone from the configuration; otherwise the look's own status. What
    // time may cure is retried for ever, and so is every end and both halves of a transfer; but a
    // rental of which there is no record and that Storeganise does not find is given up.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    std::optional<access::Look> turned_away(const Task& task) const;

    const Businesses& businesses_;
    access::Reconciler& reconciler_;
    access::RentalRecords& records_;
    const plugins::PluginHost& plugins_;
    const config::Dispatch& settings_;
    const Clock& clock_;
};

}  // namespace gatehouse::dispatch
