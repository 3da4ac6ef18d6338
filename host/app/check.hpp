// check: reads everything that serve would read and says every mistake, not just the first.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace gatehouse::app {

struct Checked {
    config::Config config;      // what may run: businesses with errors are in `refused`
    config::Problems problems;  // files first, then plugins, then what the host itself stands on
    bool can_serve = false;     // a mistake of one business or plugin keeps nobody else from it
};

// Reads the configuration, binds every connection's settings, loads every plugin in a runner and
// looks at the host's own files. All that `gatehouse check` knows and the first thing that `serve`
// does: what this finds good, `serve` starts, the ports and the database's content apart.
//
// `environment_files` are those of the service, read as systemd reads them: then no variable of
// this process counts. Empty = this process's own environment.
Checked check_config(const std::filesystem::path& config_file,
                     const std::vector<std::filesystem::path>& environment_files = {});

// Each installed plugin's settings schema by plugin id, for `gatehouse schema`. Empty if the
// configuration or the plugins cannot be read.
std::map<std::string, nlohmann::json> plugin_settings(const std::filesystem::path& config_file);

}  // namespace gatehouse::app
