#include "plugins/runner_pool.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "egress/secrets.hpp"
#include "plugins/documents.hpp"
#include "plugins/http_service.hpp"
#include "plugins/scrub.hpp"

namespace gatehouse::plugins {
namespace {

// What a plugin gets to turn a late answer from outside into its own before it is ended.
constexpr std::int64_t kAnswerMarginNs = 250'000'000;

std::string unavailable_text(const std::vector<RefusedPlugin>& refused, const std::string& plugin) {
    for (const RefusedPlugin& one : refused) {
        if (one.id == plugin) return "plugin " + plugin + " is refused: " + one.reason;
    }
    return "there is no plugin " + plugin;
}

std::string_view outcome_word(const Result<std::string>& result) {
    return result ? "ok" : to_string(result.error().kind);
}

// The plugin's state is the best of its runners': one that is ready carries the calls.
int rank(PluginState state) {
    switch (state) {
        case PluginState::kReady:
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

}  // namespace

RunnerPool::RunnerPool(const PluginHostOptions& options, Registry registry,
                       std::vector<BoundConnection> connections, egress::Egress& egress,
                       const Clock& clock, observe::Metrics& metrics)
    : registry_(std::move(registry)), egress_(egress), clock_(clock), metrics_(metrics) {
    for (BoundConnection& bound : connections) {
        const auto found = registry_.manifests.find(bound.plugin);
        const int slots = found == registry_.manifests.end() ? 1 : found->second.concurrency;
        const std::string name = bound.name;
        doors_[name] = std::make_unique<Door>(std::move(bound), slots);
    }
    start_lanes(options);
}

RunnerPool::~RunnerPool() {
    stop();
}

void RunnerPool::start_lanes(const PluginHostOptions& options) {
    for (const auto& [id, manifest] : registry_.manifests) {
        Lanes& lanes = lanes_[id];
        lanes.seconds =
            &metrics_.histogram("gatehouse_plugins_call_seconds",
                                "How long calls of plugins take, outside waits included",
                                {0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60}, {{"plugin", id}});
        observe::Counter& deaths =
            metrics_.counter("gatehouse_plugins_runner_deaths_total",
                             "Runners that crashed or had to be ended", {{"plugin", id}});
        for (int i = 0; i < std::max(options.runners_per_plugin, 1); ++i) {
            lanes.shared.push_back(
                std::make_unique<RunnerLane>(manifest, options.lane, clock_, &deaths));
        }
        for (const auto& [name, door] : doors_) {
            const BoundConnection& bound = door->bound;
            if (bound.plugin != id || !bound.is_isolated) continue;
            auto& lane = lanes.by_business[bound.business];
            if (lane == nullptr) {
                lane = std::make_unique<RunnerLane>(manifest, options.lane, clock_, &deaths);
            }
        }
    }
}

Result<std::string> RunnerPool::call(const Call& call) {
    const auto door = doors_.find(call.business + "/" + call.connection);
    if (door == doors_.end()) {
        return fail(ErrorKind::kNotFound,
                    "there is no connection " + call.business + "/" + call.connection);
    }
    const std::string& plugin = door->second->bound.plugin;
    const Manifest* about = manifest(plugin);
    if (about == nullptr) {
        return fail(ErrorKind::kUnavailable, unavailable_text(registry_.refused, plugin));
    }
    const std::string_view feature = feature_of(call.function);
    if (std::find(about->features.begin(), about->features.end(), feature) ==
        about->features.end()) {
        return fail(ErrorKind::kUnsupported,
                    "plugin " + plugin + " does not offer " + call.function);
    }
    if (call.document.size() > kMaxDocumentBytes) {
        return fail(ErrorKind::kInvalid, "the request of " + call.function + " exceeds 1 MiB");
    }
    const std::int64_t began_ns = clock_.steady_ns();
    Result<std::string> result = call_door(call, *door->second, *about);
    if (!result) result.error().message = scrub(std::move(result.error().message), call.secrets);
    lanes_.at(plugin).seconds->observe(static_cast<double>(clock_.steady_ns() - began_ns) / 1e9);
    metrics_
        .counter("gatehouse_plugins_calls_total", "Calls of plugins by how they ended",
                 {{"plugin", plugin}, {"outcome", std::string(outcome_word(result))}})
        .add();
    return result;
}

Result<std::string> RunnerPool::call_door(const Call& call, Door& door, const Manifest& manifest) {
    const std::optional<int> slot =
        door.gate.enter(call.renter, std::chrono::milliseconds(manifest.call_ms));
    if (!slot) {
        return fail(ErrorKind::kUnavailable, "connection " + door.bound.name + " is busy");
    }
    Result<std::string> result = call_slot(call, door, manifest, *slot);
    door.gate.leave(*slot);
    if (!result) return result;
    if (const auto document = read_result(call.function, *result); !document) {
        return tl::unexpected<Error>(document.error());
    }
    return result;
}

Result<std::string> RunnerPool::call_slot(const Call& call, const Door& door,
                                          const Manifest& manifest, int slot) {
    const std::int64_t deadline_ns =
        clock_.steady_ns() + std::int64_t{manifest.call_ms} * 1'000'000 - kAnswerMarginNs;
    const auto serve = [&](std::string_view service, std::string_view document) {
        if (service == "gatehouse.http/1") {
            return serve_http(call, door, document, deadline_ns);
        }
        return service_error({ErrorKind::kUnsupported, "this host has no such service"});
    };
    const std::string instance = door.bound.name + "#" + std::to_string(slot);
    // Facts hold what others wrote; only this function is told of a secret by its name.
    const std::string document = call.function == "events.subscribe"
                                     ? call.document
                                     : egress::without_references(call.document);
    const CallFrame frame{0, call.function, instance, door.bound.document, document};
    RunnerLane& lane = pick(lanes_.at(door.bound.plugin), door.bound, slot);
    return lane.call(frame, std::chrono::milliseconds(manifest.call_ms), serve, call.secrets);
}

// A plugin may put a secret of the call into a path, which a step shows.
ServiceAnswer RunnerPool::serve_http(const Call& call, const Door& door, std::string_view document,
                                     std::int64_t deadline_ns) {
    observe::StepLog steps(clock_);
    ServiceAnswer answer = send_http(egress_, door.bound.policy, document, deadline_ns, &steps);
    for (observe::Step& step : steps.take()) {
        if (call.steps != nullptr) {
            call.steps->add(step.kind, scrub(std::move(step.text), call.secrets));
        }
    }
    return answer;
}

RunnerLane& RunnerPool::pick(Lanes& lanes, const BoundConnection& bound, int slot) {
    if (const auto own = lanes.by_business.find(bound.business);
        bound.is_isolated && own != lanes.by_business.end()) {
        return *own->second;
    }
    // The same instance in the same runner, as long as that runner lives.
    const std::size_t first = std::hash<std::string>{}(bound.name) + static_cast<std::size_t>(slot);
    for (std::size_t i = 0; i < lanes.shared.size(); ++i) {
        RunnerLane& lane = *lanes.shared[(first + i) % lanes.shared.size()];
        if (lane.status().state == PluginState::kReady) return lane;
    }
    return *lanes.shared[first % lanes.shared.size()];
}

const Manifest* RunnerPool::manifest(const std::string& plugin) const {
    const auto found = registry_.manifests.find(plugin);
    return found == registry_.manifests.end() ? nullptr : &found->second;
}

std::vector<const RunnerLane*> RunnerPool::Lanes::all() const {
    std::vector<const RunnerLane*> lanes;
    for (const auto& lane : shared)
        lanes.push_back(lane.get());
    for (const auto& [business, lane] : by_business)
        lanes.push_back(lane.get());
    return lanes;
}

PluginStatus RunnerPool::status_of(const Manifest& manifest, const Lanes& lanes) const {
    PluginStatus status;
    status.id = manifest.plugin;
    status.version = manifest.version;
    status.library = manifest.library.string();
    status.features = manifest.features;
    status.state = PluginState::kRefused;
    for (const RunnerLane* lane : lanes.all()) {
        const LaneStatus one = lane->status();
        if (rank(one.state) > rank(status.state)) status.state = one.state;
        if (!one.reason.empty()) status.reason = one.reason;
        status.runners += one.state == PluginState::kReady ? 1 : 0;
        status.deaths_total += one.deaths;
        status.calls_total += one.calls;
        status.restart_due_ms = std::max(status.restart_due_ms, one.restart_due_ms);
    }
    return status;
}

std::vector<PluginStatus> RunnerPool::status() const {
    std::vector<PluginStatus> all;
    for (const auto& [id, lanes] : lanes_) {
        all.push_back(status_of(registry_.manifests.at(id), lanes));
    }
    for (const RefusedPlugin& refused : registry_.refused) {
        PluginStatus status;
        status.id = refused.id;
        status.state = PluginState::kRefused;
        status.reason = refused.reason;
        all.push_back(std::move(status));
    }
    return all;
}

void RunnerPool::stop() {
    for (auto& [id, lanes] : lanes_) {
        for (auto& lane : lanes.shared)
            lane->stop();
        for (auto& [business, lane] : lanes.by_business)
            lane->stop();
    }
}

}  // namespace gatehouse::plugins
