// Loading: from the operator's files to a Config, with every mistake on the way.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "config/config.hpp"
#include "config/environment_file.hpp"
#include "config/problem.hpp"

namespace gatehouse::config {

// Which files are businesses' own, so that a mistake in one is that business's alone.
struct BusinessFiles {
    std::map<std::string, std::string> names;  // by file, as in Place; of unreadable ones a guess
    std::set<std::string> doubled;             // businesses that more than one file describes
};

struct Loaded {
    Config config;      // complete only if `problems` has no error
    Problems problems;  // every mistake, in file order; not just the first
    BusinessFiles files;
};

// Reads gatehouse.yaml and its businesses.d. Never throws; a file that cannot be read is a Problem.
// Does not look at plugins: their settings are checked by plugins/settings.hpp.
// `variables` stand for the environment; null = this process's own.
Loaded load(const std::filesystem::path& file, const Variables* variables = nullptr);

// Moves each business that an error is about from `businesses` to `refused`. Of two files for one
// business neither is taken: nobody knows which is meant. True if what is left can run: no error is
// about anything but businesses and single plugins, whose faults are their own connections' alone,
// and some business is good, if there are any.
bool set_aside(const Problems& problems, const BusinessFiles& files, Config& config);

// The `admin` section of gatehouse.yaml alone, for the command line: an operator's shell often has
// none of the variables that the service's other sections refer to. Nothing if it cannot be read;
// `problems` then says why.
std::optional<Admin> load_admin(const std::filesystem::path& file, Problems& problems);

}  // namespace gatehouse::config
