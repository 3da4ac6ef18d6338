#include "plugins/plugin_lanes.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace gatehouse::plugins {
namespace {

// A call may be hit by the ends of others' runners so often before it comes back later.
constexpr int kRuns = 3;

// The plugin's state is the best of its runners': one that is ready carries the calls.
int rank(PluginState state) {
    switch (state) {
        case PluginState::kReady:
            return 4;
        case PluginState::kIdle:
            return 3;
        case PluginState::kStarting:
            return 2;
        case PluginState::kRestarting:
            return 1;
        case PluginState::kRefused:
            return 0;
    }
    return 0;
}

std::set<std::string> names_of(const std::vector<const BoundConnection*>& connections) {
    std::set<std::string> names;
    for (const BoundConnection* one : connections)
        names.insert(one->name);
    return names;
}

}  // namespace

PluginLanes::PluginLanes(const Manifest& manifest, const PluginHostOptions& options,
                         const std::vector<const BoundConnection*>& connections,
                         RunnerBudget& budget, const Clock& clock, observe::Metrics& metrics)
    : manifest_(manifest),
      options_(options.lane),
      clock_(clock),
      deaths_(metrics.counter("gatehouse_plugins_runner_deaths_total",
                              "Runners that crashed or had to be ended",
                              {{"plugin", manifest.plugin}})),
      book_(manifest.plugin, clock, names_of(connections),
            &metrics.gauge("gatehouse_plugins_isolated_connections",
                           "Connections that work in a runner of their own because their calls "
                           "ended runners",
                           {{"plugin", manifest.plugin}})) {
    called_.is_kept = false;
    called_.idle_ms = options.idle_ms;
    called_.budget = &budget;
    called_.book = &book_;
    LaneManner kept;
    kept.book = &book_;
    const bool is_shared =
        connections.empty() || std::any_of(connections.begin(), connections.end(),
                                           [](const auto* one) { return !one->is_isolated; });
    for (int i = 0; is_shared && i < std::max(options.runners_per_plugin, 1); ++i) {
        shared_.push_back(
            std::make_unique<RunnerLane>(manifest_, options_, clock_, &deaths_, kept));
    }
}

Result<std::string> PluginLanes::call(const BoundConnection& bound, int slot,
                                      const CallFrame& frame, std::chrono::milliseconds limit,
                                      const ServiceHandler& serve, const Untold& untold) {
    LaneResult last = pick(bound, slot).call(frame, limit, serve, untold);
    for (int run = 1; run < kRuns && last.part != CallPart::kOwn; ++run) {
        if (last.part == CallPart::kBystander) {
            last = pick(bound, slot).call(frame, limit, serve, untold);
        } else {
            const BlameBook::Trial trial(book_, bound.name);
            last = trial_lane(bound).call(frame, limit, serve, untold);
        }
    }
    return std::move(last.result);
}

RunnerLane& PluginLanes::pick(const BoundConnection& bound, int slot) {
    switch (book_.standing(bound.name)) {
        case BlameBook::Standing::kIsolated:
            return called_lane(bound.name, Manner::kSolo);
        case BlameBook::Standing::kSuspect:
            return trial_lane(bound);
        case BlameBook::Standing::kGood:
            break;
    }
    return bound.is_isolated ? called_lane(bound.business, Manner::kMany)
                             : shared_lane(bound, slot);
}

RunnerLane& PluginLanes::trial_lane(const BoundConnection& bound) {
    return called_lane(bound.is_isolated ? "?" + bound.business : "?", Manner::kTrial);
}

RunnerLane& PluginLanes::called_lane(const std::string& name, Manner wanted) {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<RunnerLane>& lane = called_lanes_[name];
    if (lane == nullptr) {
        LaneManner manner = called_;
        manner.is_solo = wanted != Manner::kMany;
        manner.is_trial = wanted == Manner::kTrial;
        lane = std::make_unique<RunnerLane>(manifest_, options_, clock_, &deaths_, manner);
    }
    return *lane;
}

RunnerLane& PluginLanes::shared_lane(const BoundConnection& bound, int slot) {
    // The same instance in the same runner, as long as that runner lives.
    const std::size_t first = std::hash<std::string>{}(bound.name) + static_cast<std::size_t>(slot);
    for (std::size_t i = 0; i < shared_.size(); ++i) {
        RunnerLane& lane = *shared_[(first + i) % shared_.size()];
        if (lane.status().state == PluginState::kReady) return lane;
    }
    return *shared_[first % shared_.size()];
}

PluginStatus PluginLanes::status() const {
    PluginStatus status;
    status.id = manifest_.plugin;
    status.version = manifest_.version;
    status.library = manifest_.library.string();
    status.features = manifest_.features;
    // Without shared runners it is well as long as nothing is known to be wrong.
    status.state = shared_.empty() ? PluginState::kIdle : PluginState::kRefused;
    const auto add = [&status](const LaneStatus& one) {
        status.runners += one.state == PluginState::kReady ? 1 : 0;
        if (!one.sandbox.empty()) status.sandbox = one.sandbox;
        status.deaths_total += one.deaths;
        status.calls_total += one.calls;
    };
    for (const auto& lane : shared_) {
        const LaneStatus one = lane->status();
        add(one);
        if (rank(one.state) > rank(status.state)) status.state = one.state;
        if (!one.reason.empty()) status.reason = one.reason;
        status.restart_due_ms = std::max(status.restart_due_ms, one.restart_due_ms);
    }
    const std::lock_guard lock(mutex_);
    for (const auto& [name, lane] : called_lanes_) {
        const LaneStatus one = lane->status();
        add(one);
        status.own_runners += one.state == PluginState::kReady ? 1 : 0;
        if (status.reason.empty()) status.reason = one.reason;
        if (shared_.empty() && rank(one.state) > rank(status.state)) status.state = one.state;
    }
    for (BlameBook::Entry& entry : book_.isolated()) {
        IsolatedConnection isolated{entry.connection, std::move(entry.why), PluginState::kIdle,
                                    entry.until_ms, 0};
        if (const auto lane = called_lanes_.find(entry.connection); lane != called_lanes_.end()) {
            const LaneStatus one = lane->second->status();
            isolated.state = one.state;
            isolated.restart_due_ms = one.restart_due_ms;
        }
        status.isolated.push_back(std::move(isolated));
    }
    return status;
}

void PluginLanes::stop() {
    for (auto& lane : shared_)
        lane->stop();
    const std::lock_guard lock(mutex_);
    for (auto& [name, lane] : called_lanes_)
        lane->stop();
}

}  // namespace gatehouse::plugins
