#include "plugins/plugin_host.hpp"

#include <system_error>
#include <utility>

#include "plugins/bound_connection.hpp"
#include "plugins/registry.hpp"
#include "plugins/runner_pool.hpp"

namespace gatehouse::plugins {

std::string_view to_string(PluginState state) {
    switch (state) {
        case PluginState::kStarting:
            return "starting";
        case PluginState::kReady:
            return "ready";
        case PluginState::kIdle:
            return "idle";
        case PluginState::kRestarting:
            return "restarting";
        case PluginState::kRefused:
            return "refused";
    }
    return "refused";
}

PluginHostOptions plugin_host_options(const config::Config& config) {
    PluginHostOptions options;
    options.directory = config.plugins.directory;
    options.runners_per_plugin = config.plugins.runners_per_plugin;
    options.max_processes = config.plugins.max_processes;
    options.idle_ms = config.plugins.idle_ms;
    options.lane.require_sandbox = config.plugins.require_sandbox;
    options.lane.sandbox_may_lack = config.plugins.sandbox_may_lack;
    options.lane.cgroups = RunnerCgroups::claim();
    options.lane.runner = config.plugins.runner;
    if (options.lane.runner.empty()) {
        std::error_code error;
        options.lane.runner = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() /
                              "gatehouse-runner";
    }
    return options;
}

Result<std::unique_ptr<PluginHost>> make_plugin_host(const PluginHostOptions& options,
                                                     const config::Config& config,
                                                     egress::Egress& egress, const Clock& clock,
                                                     observe::Metrics& metrics) {
    config::Problems of_plugins;  // theirs alone: they show in status()
    Registry registry = scan_plugins(options.directory, of_plugins);
    config::Problems problems;
    std::vector<BoundConnection> connections;
    SystemRandom random;
    for (const auto& [name, business] : config.businesses) {
        for (const auto& [key, connection] : business.connections) {
            const auto found = registry.manifests.find(connection.plugin);
            if (found != registry.manifests.end()) {
                connections.push_back(bind_connection(name, connection, found->second,
                                                      config.egress.allow_private, random,
                                                      problems));
                continue;
            }
            BoundConnection unusable;
            unusable.name = name + "/" + connection.name;
            unusable.business = name;
            unusable.plugin = connection.plugin;
            connections.push_back(std::move(unusable));
        }
    }
    for (const config::Problem& problem : problems) {
        if (problem.severity == config::Problem::Severity::kError) {
            return fail(ErrorKind::kInvalid, config::to_string(problem));
        }
    }
    return std::make_unique<RunnerPool>(options, std::move(registry), std::move(connections),
                                        egress, clock, metrics);
}

}  // namespace gatehouse::plugins
