// CommandLine: what the user typed, checked. The only file that calls CLI11 is command_line.cpp.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/verbs.hpp"

namespace gatehouse::cli {

struct CommandLine {
    std::string verb;  // "serve", "events list"
    std::filesystem::path config_file;
    std::vector<std::filesystem::path> environment_files;  // of `check`
    bool is_json = false;
    bool is_csv = false;
    const RemoteVerb* remote = nullptr;          // null: a verb that is done here
    std::vector<std::string> arguments;          // in the order of the verb's target
    std::map<std::string, std::string> options;  // by parameter name
};

// Nothing when the command line asks for help (exit_code 0) or is wrong (2); what the user shall
// read was printed then. Never throws.
std::optional<CommandLine> parse_command_line(int argc, const char* const* argv, std::ostream& out,
                                              std::ostream& err, int& exit_code);

// Every verb, remote and local: "serve", "events list".
std::vector<std::string> verb_names();

// Path and query of a remote verb's request.
std::string request_target(const CommandLine& command);

}  // namespace gatehouse::cli
