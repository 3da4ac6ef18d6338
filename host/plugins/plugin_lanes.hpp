// PluginLanes: the lanes of one plugin, and which of them a call takes. Most connections share the
// plugin's own; a business that is isolated has its own; a connection whose calls ended runners
// works alone (blame_book.hpp), so that the others go on.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "plugins/blame_book.hpp"
#include "plugins/bound_connection.hpp"
#include "plugins/lane.hpp"
#include "plugins/runner_lane.hpp"

namespace gatehouse::plugins {

// [any thread]
class PluginLanes {
  public:
    // The references outlive it. Starts the shared runners at once, without waiting for them,
    // unless all of the plugin's connections are isolated.
    PluginLanes(const Manifest& manifest, const PluginHostOptions& options,
                const std::vector<const BoundConnection*>& connections, RunnerBudget& budget,
                const Clock& clock, observe::Metrics& metrics);

    // As RunnerLane::call(), for the connection's instance `slot`. A call that did not end its
    // runner itself but was under way when it ended runs again: alone if it may have been the
    // reason.
    Result<std::string> call(const BoundConnection& bound, int slot, const CallFrame& frame,
                             std::chrono::milliseconds limit, const ServiceHandler& serve,
                             const Untold& untold);

    PluginStatus status() const;
    void stop();

  private:
    enum class Manner { kMany, kSolo, kTrial };

    RunnerLane& pick(const BoundConnection& bound, int slot);
    RunnerLane& trial_lane(const BoundConnection& bound);
    RunnerLane& called_lane(const std::string& name, Manner wanted);
    RunnerLane& shared_lane(const BoundConnection& bound, int slot);

    const Manifest& manifest_;
    const LaneOptions options_;
    LaneManner called_;
    const Clock& clock_;
    observe::Counter& deaths_;
    BlameBook book_;
    std::vector<std::unique_ptr<RunnerLane>> shared_;  // fixed once made
    mutable std::mutex mutex_;
    // Started when called, by name: "acme" is the business's, "acme/doors" the connection's alone,
    // "?" and "?acme" are where suspects are tried. Bounded by the configuration.
    std::map<std::string, std::unique_ptr<RunnerLane>> called_lanes_;
};

}  // namespace gatehouse::plugins
