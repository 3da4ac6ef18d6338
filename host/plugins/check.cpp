// check_plugins (plugin_host.hpp).
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/suggest.hpp"
#include "plugins/bound_connection.hpp"
#include "plugins/plugin_host.hpp"
#include "plugins/registry.hpp"
#include "plugins/runner_lane.hpp"

namespace gatehouse::plugins {
namespace {

using config::Problem;
using config::Problems;

void check_connections(const config::Config& config, const Registry& registry, Problems& problems) {
    std::vector<std::string> known;
    for (const auto& [id, manifest] : registry.manifests)
        known.push_back(id);
    for (const RefusedPlugin& refused : registry.refused)
        known.push_back(refused.id);
    for (const auto& [name, business] : config.businesses) {
        for (const auto& [key, connection] : business.connections) {
            const auto found = registry.manifests.find(connection.plugin);
            if (found != registry.manifests.end()) {
                bind_connection(name, connection, found->second, config.egress.allow_private,
                                problems);
            } else if (std::find(known.begin(), known.end(), connection.plugin) == known.end()) {
                problems.push_back(
                    {connection.place, "there is no plugin '" + connection.plugin + "'",
                     config::did_you_mean(connection.plugin, known), Problem::Severity::kError});
            }
        }
    }
}

// A route's connection must be of a plugin that takes messages.
void check_routes(const config::Config& config, const Registry& registry, Problems& problems) {
    for (const auto& [name, business] : config.businesses) {
        for (const config::Notify& route : business.notify) {
            const auto connection = business.connections.find(route.connection);
            if (connection == business.connections.end()) continue;
            const auto found = registry.manifests.find(connection->second.plugin);
            if (found == registry.manifests.end()) continue;
            const std::vector<std::string>& features = found->second.features;
            if (std::find(features.begin(), features.end(), "gatehouse.notify/1") ==
                features.end()) {
                problems.push_back({route.place,
                                    "plugin " + connection->second.plugin + " of connection '" +
                                        route.connection + "' takes no messages",
                                    "choose a connection whose plugin offers gatehouse.notify/1",
                                    Problem::Severity::kError});
            }
        }
    }
}

void check_loading(const PluginHostOptions& options, const Registry& registry, Problems& problems) {
    const SystemClock clock;
    std::vector<std::pair<const Manifest*, std::unique_ptr<RunnerLane>>> lanes;
    for (const auto& [id, manifest] : registry.manifests) {
        lanes.emplace_back(&manifest,
                           std::make_unique<RunnerLane>(manifest, options.lane, clock, nullptr));
    }
    for (const auto& [manifest, lane] : lanes) {
        const LaneStatus status = lane->wait_settled();
        if (status.state == PluginState::kReady) continue;
        problems.push_back({manifest->place,
                            "plugin " + manifest->plugin + " does not load: " + status.reason, "",
                            Problem::Severity::kError});
    }
}

}  // namespace

void check_plugins(const PluginHostOptions& options, const config::Config& config,
                   Problems& problems) {
    const Registry registry = scan_plugins(options.directory, problems);
    check_connections(config, registry, problems);
    check_routes(config, registry, problems);
    check_loading(options, registry, problems);
}

}  // namespace gatehouse::plugins
