#include "plugins/runner_pool.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "plugins/documents.hpp"
#include "plugins/http_service.hpp"
#include "plugins/scrub.hpp"

namespace gatehouse::plugins {
namespace {

// What a plugin gets to turn a late answer from outside into its own before it is ended.
constexpr std::int64_t kAnswerMarginNs = 250'000'000;

// Reads what a vendor sent: nothing goes out for it.
constexpr std::string_view kParsingFeature = "gatehouse.inbound/1";

std::string unavailable_text(const std::vector<RefusedPlugin>& refused, const std::string& plugin) {
    for (const RefusedPlugin& one : refused) {
        if (one.id == plugin) return "plugin " + plugin + " is refused: " + one.reason;
    }
    return "there is no plugin " + plugin;
}

std::string_view outcome_word(const Result<std::string>& result) {
    return result ? "ok" : to_string(result.error().kind);
}

}  // namespace

RunnerPool::RunnerPool(const PluginHostOptions& options, Registry registry,
                       std::vector<BoundConnection> connections, egress::Egress& egress,
                       const Clock& clock, observe::Metrics& metrics)
    : registry_(std::move(registry)),
      egress_(egress),
      clock_(clock),
      metrics_(metrics),
      budget_(options.max_processes) {
    for (BoundConnection& bound : connections) {
        const auto found = registry_.manifests.find(bound.plugin);
        const int slots = found == registry_.manifests.end() ? 1 : found->second.concurrency;
        const std::string name = bound.name;
        doors_[name] = std::make_unique<Door>(std::move(bound), slots);
    }
    start_plugins(options);
}

RunnerPool::~RunnerPool() {
    stop();
}

void RunnerPool::start_plugins(const PluginHostOptions& options) {
    for (const auto& [id, manifest] : registry_.manifests) {
        std::vector<const BoundConnection*> connections;
        for (const auto& [name, door] : doors_) {
            if (door->bound.plugin == id) connections.push_back(&door->bound);
        }
        Plugin& plugin = plugins_[id];
        plugin.seconds =
            &metrics_.histogram("gatehouse_plugins_call_seconds",
                                "How long calls of plugins take, outside waits included",
                                {0.001, 0.01, 0.1, 0.5, 1, 5, 15, 60}, {{"plugin", id}});
        plugin.lanes = std::make_unique<PluginLanes>(manifest, options, connections, budget_,
                                                     clock_, metrics_);
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
    if (feature != kParsingFeature) {
        if (auto shut = egress_.shut(door->second->bound.policy)) {
            return tl::unexpected(std::move(*shut));
        }
    }
    const std::int64_t began_ns = clock_.steady_ns();
    Result<std::string> result = call_door(call, *door->second, *about);
    if (!result) {
        result.error().message = scrub(std::move(result.error().message),
                                       {call.secrets, door->second->bound.policy.secrets});
    }
    plugins_.at(plugin).seconds->observe(static_cast<double>(clock_.steady_ns() - began_ns) / 1e9);
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
    return result_from(door.bound, call.function, std::move(*result));
}

Result<std::string> RunnerPool::call_slot(const Call& call, const Door& door,
                                          const Manifest& manifest, int slot) {
    Requests requests;  // of the thread that attends the call, as all of `serve`
    const auto serve = [&](std::string_view service, std::string_view document,
                           std::chrono::milliseconds left) {
        if (service == "gatehouse.http/1") {
            const std::int64_t deadline_ns =
                clock_.steady_ns() + std::int64_t{left.count()} * 1'000'000 - kAnswerMarginNs;
            return serve_http(call, door, document, deadline_ns, requests);
        }
        return service_error({ErrorKind::kUnsupported, "this host has no such service"});
    };
    const std::string instance = door.bound.name + "#" + std::to_string(slot);
    const std::string document = document_for(door.bound, call.function, call.document);
    const CallFrame frame{0, call.function, instance, door.bound.document, document};
    Result<std::string> result =
        plugins_.at(door.bound.plugin)
            .lanes->call(door.bound, slot, frame, std::chrono::milliseconds(manifest.call_ms),
                         serve, {call.secrets, door.bound.policy.secrets});
    if (!result) result.error() = judged(std::move(result.error()), requests);
    return result;
}

std::optional<Error> RunnerPool::shut(const std::string& business,
                                      const std::string& connection) const {
    const auto door = doors_.find(business + "/" + connection);
    if (door == doors_.end()) return std::nullopt;
    return egress_.shut(door->second->bound.policy);
}

// A plugin may put a secret of the call into a path, which a step shows.
ServiceAnswer RunnerPool::serve_http(const Call& call, const Door& door, std::string_view document,
                                     std::int64_t deadline_ns, Requests& requests) {
    observe::StepLog steps(clock_);
    ServiceAnswer answer =
        send_http(egress_, door.bound.policy, document, deadline_ns, &steps, &requests);
    // What the call is about, its targets' ids, may be told.
    std::erase_if(answer.untold, [&](const Secret& number) {
        return Strike({{number}}).find_in(call.document).has_value();
    });
    for (observe::Step& step : steps.take()) {
        if (call.steps != nullptr) {
            call.steps->add(step.kind, scrub(std::move(step.text), call.secrets));
        }
    }
    return answer;
}

const Manifest* RunnerPool::manifest(const std::string& plugin) const {
    const auto found = registry_.manifests.find(plugin);
    return found == registry_.manifests.end() ? nullptr : &found->second;
}

std::vector<PluginStatus> RunnerPool::status() const {
    std::vector<PluginStatus> all;
    std::map<std::string, int> shut;  // by plugin
    for (const egress::Way& way : egress_.ways()) {
        const auto door = doors_.find(way.key);
        if (door != doors_.end()) ++shut[door->second->bound.plugin];
    }
    for (const auto& [id, plugin] : plugins_) {
        all.push_back(plugin.lanes->status());
        all.back().shut = shut[id];
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
    for (auto& [id, plugin] : plugins_)
        plugin.lanes->stop();
    budget_.join_finished();
}

}  // namespace gatehouse::plugins
