// check: reads everything that serve would read and says every mistake, not just the first.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace gatehouse::app {

struct Checked {
    config::Config config;      // usable only if `problems` has no error
    config::Problems problems;  // files first, then plugins
};

// Reads the configuration, binds every connection's settings and loads every plugin in a runner.
Checked check_config(const std::filesystem::path& config_file);

// Each installed plugin's settings schema by plugin id, for `gatehouse schema`. Empty if the
// configuration or the plugins cannot be read.
std::map<std::string, nlohmann::json> plugin_settings(const std::filesystem::path& config_file);

}  // namespace gatehouse::app
