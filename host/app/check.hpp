// check: reads everything that serve would read and says every mistake, not just the first.
#pragma once

#include <filesystem>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace gatehouse::app {

struct Checked {
    config::Config config;      // usable only if `problems` has no error
    config::Problems problems;  // files first, then plugins
};

// Reads the configuration, binds every connection's settings and loads every plugin in a runner.
Checked check_config(const std::filesystem::path& config_file);

// The verb. 0 = no mistakes; 2 = mistakes, printed to stdout.
int check(const std::filesystem::path& config_file);

}  // namespace gatehouse::app
