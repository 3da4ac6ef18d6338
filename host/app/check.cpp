#include "app/check.hpp"

#include <cstdio>

#include "plugins/plugin_host.hpp"

namespace gatehouse::app {

Checked check_config(const std::filesystem::path& config_file) {
    config::Loaded loaded = config::load(config_file);
    Checked checked{std::move(loaded.config), std::move(loaded.problems)};
    plugins::check_plugins(plugins::plugin_host_options(checked.config), checked.config,
                           checked.problems);
    return checked;
}

int check(const std::filesystem::path& config_file) {
    const Checked checked = check_config(config_file);
    for (const config::Problem& problem : checked.problems) {
        (void)std::printf("%s\n", config::to_string(problem).c_str());
    }
    if (config::has_errors(checked.problems)) {
        return 2;
    }
    (void)std::printf("%s: no mistakes; %zu businesses\n", config_file.c_str(),
                      checked.config.businesses.size());
    return 0;
}

}  // namespace gatehouse::app
