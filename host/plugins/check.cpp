// check_plugins (plugin_host.hpp).
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "config/suggest.hpp"
#include "observe/log.hpp"
#include "plugins/bound_connection.hpp"
#include "plugins/members.hpp"
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

// What a connection is used for, and the feature that its plugin needs for it.
struct Use {
    const std::string& connection;
    const config::Place& place;
    const char* feature;
    const char* lack;  // "takes no messages"
};

void check_use(const config::Business& business, const Use& use, const Registry& registry,
               Problems& problems) {
    const auto connection = business.connections.find(use.connection);
    if (connection == business.connections.end()) return;
    const std::string& plugin = connection->second.plugin;
    const auto found = registry.manifests.find(plugin);
    if (found == registry.manifests.end()) return;
    const std::vector<std::string>& features = found->second.features;
    if (std::find(features.begin(), features.end(), use.feature) != features.end()) return;
    problems.push_back({use.place,
                        "plugin " + plugin + " of connection '" + use.connection + "' " + use.lack,
                        std::string("choose a connection whose plugin offers ") + use.feature,
                        Problem::Severity::kError});
}

void check_message(const config::Business& business, const config::Notify& route,
                   const Registry& registry, Problems& problems) {
    const auto connection = business.connections.find(route.connection);
    if (connection == business.connections.end()) return;
    const auto found = registry.manifests.find(connection->second.plugin);
    if (found == registry.manifests.end() || !found->second.message_schema) return;
    check_members({route.message, route.place, *found->second.message_schema, "message",
                   "a message of plugin " + found->first + " has no member"},
                  problems);
}

void check_uses(const config::Config& config, const Registry& registry, Problems& problems) {
    for (const auto& [name, business] : config.businesses) {
        for (const config::Site& site : business.sites) {
            check_use(business, {site.access, site.place, "gatehouse.access/1", "opens no doors"},
                      registry, problems);
        }
        for (const config::Notify& route : business.notify) {
            check_use(business,
                      {route.connection, route.place, "gatehouse.notify/1", "takes no messages"},
                      registry, problems);
            check_message(business, route, registry, problems);
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
    std::size_t loaded = 0;
    std::string sandbox;  // the same for all: it is the kernel's
    for (const auto& [manifest, lane] : lanes) {
        const LaneStatus status = lane->wait_settled();
        if (status.state == PluginState::kReady) {
            ++loaded;
            sandbox = status.sandbox;
            continue;
        }
        problems.push_back({manifest->place,
                            "plugin " + manifest->plugin + " does not load: " + status.reason, "",
                            Problem::Severity::kError});
    }
    observe::info("plugins", "loaded", {{"plugins", loaded}, {"sandbox", sandbox}});
}

}  // namespace

void check_plugins(const PluginHostOptions& options, const config::Config& config,
                   Problems& problems) {
    const Registry registry = scan_plugins(options.directory, problems);
    check_connections(config, registry, problems);
    check_uses(config, registry, problems);
    check_loading(options, registry, problems);
}

}  // namespace gatehouse::plugins
