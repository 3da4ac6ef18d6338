#include "app/check.hpp"

#include "app/vendor_sources.hpp"
#include "notify/check.hpp"
#include "plugins/plugin_host.hpp"
#include "plugins/registry.hpp"

namespace gatehouse::app {

Checked check_config(const std::filesystem::path& config_file) {
    config::Loaded loaded = config::load(config_file);
    Checked checked{std::move(loaded.config), std::move(loaded.problems)};
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
