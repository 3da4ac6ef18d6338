// check_plugins (plugin_host.hpp).
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "config/suggest.hpp"
#include "observe/log.hpp"
#include "plugins/bound_connection.hpp"
#include "plugins/check_targets.hpp"
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
    SystemRandom random;
    for (const auto& [id, manifest] : registry.manifests)
        known.push_back(id);
    for (const RefusedPlugin& refused : registry.refused)
        known.push_back(refused.id);
    for (const auto& [name, business] : config.businesses) {
        for (const auto& [key, connection] : business.connections) {
            const auto found = registry.manifests.find(connection.plugin);
            if (found != registry.manifests.end()) {
                bind_connection(name, connection, found->second, config.egress.allow_private,
                                random, problems);
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

bool offers(const Manifest& manifest, std::string_view feature) {
    return std::ranges::find(manifest.features, feature) != manifest.features.end();
}

void warn(Problems& problems, const config::Place& place, std::string message,
          std::string suggestion) {
    problems.push_back(
        {place, std::move(message), std::move(suggestion), Problem::Severity::kWarning});
}

// What opens doors and serves no site, and a business for which nothing is done.
void check_idle(const config::Business& business, const Registry& registry, Problems& problems) {
    if (business.sites.empty() && business.notify.empty()) {
        warn(problems, business.place,
             "business '" + business.business + "' has neither 'sites' nor 'notify'",
             "nothing comes of its events");
        return;
    }
    for (const auto& [name, connection] : business.connections) {
        const auto found = registry.manifests.find(connection.plugin);
        if (found == registry.manifests.end()) continue;
        const bool has_site =
            std::ranges::find(business.sites, name, &config::Site::access) != business.sites.end();
        const bool is_told =
            std::ranges::find(business.notify, name, &config::Notify::connection) !=
            business.notify.end();
        if (has_site || is_told) continue;
        if (offers(found->second, "gatehouse.access/1")) {
            warn(problems, connection.place, "connection '" + name + "' serves no site",
                 "name it as 'access' of one, or remove it");
        } else if (offers(found->second, "gatehouse.notify/1")) {
            warn(problems, connection.place, "connection '" + name + "' is told nothing",
                 "name it in 'notify', or remove it");
        }
    }
}

// The account that a connection works with: its plugin, where it lies and its secrets. Empty for
// one without secrets.
std::string account_of(const config::Connection& connection, const Manifest& manifest) {
    const nlohmann::json* properties = member(manifest.settings_schema, "properties");
    if (properties == nullptr || !properties->is_object()) return "";
    std::string key;
    for (const auto& [name, property] : properties->items()) {
        if (!property.is_object() || !property.value("secret", false)) continue;
        const auto value = string_member(connection.settings.value, name);
        if (value) key += name + '\n' + to_hex(sha256(*value)) + '\n';
    }
    if (key.empty()) return "";
    return sha256(connection.plugin + '\n' + connection.base_url.value_or("") + '\n' + key);
}

// Two connections to one account of a vendor: each takes what the other gave for somebody else's.
// Not so where only messages are sent: businesses may share what sends them.
void check_accounts(const config::Config& config, const Registry& registry, Problems& problems) {
    std::unordered_map<std::string, std::string> owners;
    for (const auto& [business_name, business] : config.businesses) {
        for (const auto& [name, connection] : business.connections) {
            const auto found = registry.manifests.find(connection.plugin);
            if (found == registry.manifests.end() || !offers(found->second, "gatehouse.access/1")) {
                continue;
            }
            const std::string account = account_of(connection, found->second);
            if (account.empty()) continue;
            std::string place = "'";
            place.append(name).append("' of business '").append(business_name).append("'");
            const auto [owner, is_new] = owners.emplace(account, std::move(place));
            if (is_new) continue;
            warn(problems, connection.place,
                 "connection '" + name + "' has the same account at the vendor as " + owner->second,
                 "each takes what the other gave for somebody else's");
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
    if (loaded == 0 && !lanes.empty()) {
        problems.push_back({{options.directory.string(), 0, 0},
                            "none of the plugins loads",
                            "",
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
    for (const auto& [name, business] : config.businesses) {
        check_idle(business, registry, problems);
        check_targets(business, registry, problems);
    }
    check_accounts(config, registry, problems);
    check_loading(options, registry, problems);
}

}  // namespace gatehouse::plugins
