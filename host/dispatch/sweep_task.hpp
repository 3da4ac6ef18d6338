// SweepTask: runs sweeps, a few steps a run, so that a long one neither keeps a worker nor outlasts
// a lease. What a sweep finds becomes looks; nothing else is done here.
//
//   key            | what                              | when
//   "delta"        | what Storeganise changed           | every `sweep.delta`
//   "full"         | everything, vendors included       | once a day, see sweep/schedule.hpp
//   "delta:now", "full:now"                             | once, when a person asks
//   "delta:dry", "full:dry"                             | once; marks nothing
//   "full:trust"   | a person says the lists are right  | once
//
// Progress is in memory: a restart begins anew.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/rental_lookups.hpp"
#include "access/stray.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"
#include "observe/metrics.hpp"
#include "plugins/plugin_host.hpp"
#include "sweep/report.hpp"
#include "sweep/sweep.hpp"

namespace gatehouse::dispatch {

// What a sweep task's key asks for; nothing if it is none of the table above.
struct SweepOrder {
    bool is_full = false;
    bool is_periodic = false;
    bool is_dry = false;
    bool is_trusted = false;
};
std::optional<SweepOrder> sweep_order(std::string_view key);

// The periodic tasks of every business, to be enqueued at start; those that wait already are left
// as they are.
std::vector<NewTask> first_sweeps(const config::Config& config, UnixMs now_ms);

class SweepTask final : public TaskHandler {
  public:
    // All outlive the task.
    struct Parts {
        const Businesses& businesses;
        plugins::PluginHost& plugins;
        access::RentalRecords& records;
        access::RentalLookups& lookups;
        access::StrayDesk& strays;
        const sweep::Comparison& comparison;
        sweep::Reports& reports;
        Alerts& alerts;
        const Clock& clock;
        observe::Metrics& metrics;
    };

    explicit SweepTask(const Parts& parts);

    // An error is Storeganise's or the store's; the sweep goes on where it was. A list that is not
    // believed is no error: an alert says so.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    struct Progress {
        std::unique_ptr<sweep::Sweep> sweep;
        sweep::Report report;
        std::int64_t began_ns = 0;
    };
    struct Moment {
        UnixMs at_ms = 0;
        std::int64_t at_ns = 0;
    };
    struct Business {
        bool is_busy = false;
        std::optional<Moment> last_delta;  // when the last good one began
        std::map<std::string, Progress> progress;
    };
    class Turn;

    UnixMs delta_since_ms(const std::optional<Moment>& last) const;
    Progress* begin(const Task& task, const SweepOrder& order, Business& business,
                    const BusinessParts& parts);
    Outcome advance(const Task& task, const SweepOrder& order, Business& business,
                    Progress& progress, observe::StepLog& steps);
    bool hand_out(const Task& task, const SweepOrder& order, Progress& progress, Outcome& outcome);
    Outcome fail_step(const Task& task, const SweepOrder& order, Business& business,
                      Progress& progress, Error error, observe::StepLog& steps);
    Outcome finish(const Task& task, const SweepOrder& order, Business& business,
                   Progress& progress, observe::StepLog& steps);
    void add_alerts(const std::string& business, const SweepOrder& order, const Progress& progress,
                    Outcome& outcome);
    void add_unread(const std::string& business, const sweep::Findings& findings,
                    Outcome& outcome) const;
    void cure_states(const std::string& business, const sweep::Findings& findings,
                     Outcome& outcome) const;
    void forget(Business& business, const std::string& key);
    UnixMs next_ms(const std::string& business, const SweepOrder& order,
                   const sweep::Findings& findings) const;
    void count(const sweep::Report& report, const SweepOrder& order);

    const Parts parts_;
    std::mutex mutex_;
    std::map<std::string, Business> state_;  // the map and is_busy: guarded by mutex_; the rest of
                                             // a Business belongs to who set is_busy
    int full_sweeps_ = 0;                    // guarded by mutex_: of all businesses, under way
};

}  // namespace gatehouse::dispatch
