// The command line. What a host does for `serve` and `check` comes in from outside, so that this
// folder does not see app/. docs/command-line.md lists verbs, options and exit codes.
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/problem.hpp"
#include "egress/http_client.hpp"

namespace gatehouse::cli {

enum ExitCode : int {
    kOk = 0,
    kFailed = 1,        // not found, or the host could not do it
    kUsage = 2,         // wrong arguments, or a mistake in the configuration
    kUnreachable = 3,   // no host answers at the admin port
    kUnauthorised = 4,  // the host does not take the token
};

struct Verbs {
    using ConfigFile = std::filesystem::path;

    // Runs until a signal ends it; its result is the exit code.
    std::function<int(const ConfigFile&)> serve;

    // Everything that is wrong with the configuration, plugins included; read with the variables of
    // these environment files, or of this process if there are none.
    std::function<config::Problems(const ConfigFile&, const std::vector<std::filesystem::path>&)>
        check;

    // Each installed plugin's settings schema by plugin id, for `schema`. It prints what it can,
    // so this gives nothing rather than failing.
    std::function<std::map<std::string, nlohmann::json>(const ConfigFile&)> plugin_settings;

    // For tests: a client that may reach this one private address, "127.0.0.1:8444". If null, the
    // one of egress/.
    std::function<std::unique_ptr<egress::HttpClient>(const std::string& address)> make_client;

    std::string version;

    // Each gives lines of what was done. The other file is the one that is written or read.
    using Copy = std::function<Result<std::vector<std::string>>(
        const ConfigFile&, const std::filesystem::path& other_file)>;
    Copy back_up = nullptr;
    Copy restore = nullptr;
};

// Parses and runs; the result is the process's exit code. Never throws.
int run(int argc, const char* const* argv, const Verbs& verbs, std::ostream& out,
        std::ostream& err);

// One line for each problem, as `check` prints them; for `serve` to use as well.
void print_problems(const config::Problems& problems, std::ostream& out);

}  // namespace gatehouse::cli
