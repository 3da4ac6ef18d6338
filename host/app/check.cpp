#include "app/check.hpp"

#include <iterator>

#include "app/host_files.hpp"
#include "app/vendor_sources.hpp"
#include "config/load.hpp"
#include "notify/check.hpp"
#include "plugins/plugin_host.hpp"
#include "plugins/registry.hpp"

namespace gatehouse::app {

Checked check_config(const std::filesystem::path& config_file,
                     const std::vector<std::filesystem::path>& environment_files) {
    config::Problems of_environment;
    config::Variables variables;
    for (const std::filesystem::path& file : environment_files)
        config::read_environment_file(file, variables, of_environment);
    config::Loaded loaded =
        config::load(config_file, environment_files.empty() ? nullptr : &variables);
    Checked checked{std::move(loaded.config), std::move(of_environment)};
    checked.problems.insert(checked.problems.end(),
                            std::make_move_iterator(loaded.problems.begin()),
                            std::make_move_iterator(loaded.problems.end()));
    notify::check_routes(checked.config, checked.problems);
    plugins::check_plugins(plugins::plugin_host_options(checked.config), checked.config,
                           checked.problems);
    config::Problems said_already;
    const plugins::Registry registry =
        plugins::scan_plugins(checked.config.plugins.directory, said_already);
    const auto manifest = [&registry](const std::string& id) {
        const auto found = registry.manifests.find(id);
        return found == registry.manifests.end() ? nullptr : &found->second;
    };
    check_webhook_secrets(checked.config, manifest, checked.problems);
    check_host_files(checked.config, SystemClock().now_ms(), checked.problems);
    checked.can_serve = config::set_aside(checked.problems, loaded.files, checked.config);
    return checked;
}

std::map<std::string, nlohmann::json> plugin_settings(const std::filesystem::path& config_file) {
    std::map<std::string, nlohmann::json> schemas;
    const config::Loaded loaded = config::load(config_file);
    config::Problems ignored;
    const plugins::Registry registry =
        plugins::scan_plugins(loaded.config.plugins.directory, ignored);
    for (const auto& [id, manifest] : registry.manifests) {
        schemas[id] = manifest.settings_schema;
    }
    return schemas;
}

}  // namespace gatehouse::app
