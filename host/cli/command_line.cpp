#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <exception>
#include <memory>
#include <ostream>

#include "base/encoding.hpp"
#include "cli/cli.hpp"
#include "cli/text.hpp"
#include "config/suggest.hpp"

namespace gatehouse::cli {
namespace {

constexpr const char* kDefaultConfig = "/etc/gatehouse/gatehouse.yaml";

struct LocalVerb {
    const char* name;
    const char* help;
    const char* argument = nullptr;
};

constexpr LocalVerb kLocalVerbs[] = {
    {"serve", "Take webhooks in and work on them, until a signal ends it"},
    {"check", "Read the whole configuration and list every mistake"},
    {"schema", "Print the JSON Schema of the YAML files, plugins' settings included"},
    {"backup", "Copy the database and its PIN key, also while the host runs", "FILE"},
    {"restore", "Put a backup in the database's place while no host runs", "FILE"},
    {"version", "Print the version of this program and of the running host"},
};

// One verb's CLI11 command with the places that its values are read into.
struct Entry {
    std::string verb;
    const RemoteVerb* remote = nullptr;
    CLI::App* app = nullptr;
    std::vector<std::string> arguments;
    std::map<std::string, std::string> options;
    bool is_csv = false;
};

class Parser {
  public:
    Parser()
        : app_("Turns what happens in Storeganise into who can open which door.", "gatehouse") {
        app_.require_subcommand(1);
        app_.fallthrough();
        app_.add_option("--config", config_file_, "the host's gatehouse.yaml")
            ->type_name("FILE")
            ->capture_default_str();
        app_.add_flag("--json", is_json_, "print JSON for programs instead of text for people");
        app_.footer(
            "Exit codes: 0 done, 1 failed or not found, 2 wrong usage or configuration, "
            "3 no host answers, 4 token refused.");
        for (const LocalVerb& verb : kLocalVerbs) {
            Entry& entry = add(verb.name, nullptr, app_.add_subcommand(verb.name, verb.help));
            if (verb.argument == nullptr) continue;
            entry.arguments.resize(1);
            entry.app->add_option(verb.argument, entry.arguments[0])->required()->type_name("");
        }
        app_.get_subcommand("check")
            ->add_option(
                "--environment", environment_files_,
                "the service's environment file, read as systemd reads it, instead of this "
                "shell's variables; may be given more than once")
            ->type_name("FILE")
            ->allow_extra_args(false);
        for (const RemoteVerb& verb : remote_verbs())
            add_remote(verb);
    }

    CommandLine parse(int argc, const char* const* argv) {
        app_.parse(argc, argv);
        CommandLine command;
        command.config_file = config_file_;
        command.environment_files.assign(environment_files_.begin(), environment_files_.end());
        command.is_json = is_json_;
        for (const auto& entry : entries_) {
            if (!is_chosen(*entry)) continue;
            command.verb = entry->verb;
            command.remote = entry->remote;
            command.arguments = entry->arguments;
            command.is_csv = entry->is_csv;
            for (const auto& [name, value] : entry->options) {
                if (!value.empty()) command.options[name] = value;
            }
        }
        return command;
    }

    int exit(const CLI::ParseError& error, std::ostream& out, std::ostream& err) const {
        const std::string unknown = unknown_verb();
        if (error.get_exit_code() != 0 && !unknown.empty()) {
            const std::string nearest = config::nearest_of_many(unknown, first_words());
            err << "gatehouse: there is no verb '" << harmless(unknown) << '\''
                << (nearest.empty() ? "" : " (" + nearest + ")")
                << "; gatehouse --help lists them\n";
            return kUsage;
        }
        return app_.exit(error, out, err) == 0 ? kOk : kUsage;
    }

  private:
    // What stands where a verb should; empty if a verb does, or nothing.
    std::string unknown_verb() const {
        if (!app_.get_subcommands().empty()) return "";
        for (const std::string& word : app_.remaining()) {
            if (!word.starts_with('-')) return word;
        }
        return "";
    }

    std::vector<std::string> first_words() const {
        std::vector<std::string> words;
        for (const auto& entry : entries_)
            words.push_back(entry->verb.substr(0, entry->verb.find(' ')));
        return words;
    }

    Entry& add(std::string verb, const RemoteVerb* remote, CLI::App* app) {
        auto entry = std::make_unique<Entry>();
        entry->verb = std::move(verb);
        entry->remote = remote;
        entry->app = app;
        entries_.push_back(std::move(entry));
        return *entries_.back();
    }

    void add_remote(const RemoteVerb& verb) {
        const std::string name(verb.name);
        const std::size_t blank = name.find(' ');
        CLI::App* parent = blank == std::string::npos ? &app_ : group(name.substr(0, blank));
        Entry& entry = add(name, &verb,
                           parent->add_subcommand(name.substr(blank + 1), std::string(verb.help)));
        const auto names = arguments_of(verb);
        entry.arguments.resize(names.size());
        for (std::size_t i = 0; i < names.size(); ++i) {
            const bool is_optional = i + 1 == names.size() && !verb.short_target.empty();
            entry.app->add_option(names[i], entry.arguments[i])
                ->required(!is_optional)
                ->type_name("");
        }
        for (const Parameter& parameter : verb.parameters) {
            add_parameter(entry, parameter);
        }
        if (verb.print_csv != nullptr) {
            entry.app->add_flag("--csv", entry.is_csv, "print all of it as CSV, page after page");
        }
    }

    static void add_parameter(Entry& entry, const Parameter& parameter) {
        const std::string key(parameter.name);
        const std::string help(parameter.help);
        std::string& value = entry.options[key];
        if (parameter.form == Form::kFlag) {
            entry.app->add_flag_callback(
                "--" + key, [&value] { value = "true"; }, help);
        } else {
            const bool is_argument = parameter.form == Form::kArgument;
            entry.app
                ->add_option(is_argument ? std::string(parameter.value) : "--" + key, value, help)
                ->type_name(is_argument ? "" : std::string(parameter.value));
        }
    }

    // "events" and "dead-letters": verbs of their own, which list when nothing follows.
    CLI::App* group(const std::string& name) {
        CLI::App*& known = groups_[name];
        if (known == nullptr) {
            known = app_.add_subcommand(name, name == "events" ? "List, show or find events"
                                                               : "List, replay or discard " + name);
            known->require_subcommand(0, 1);
        }
        return known;
    }

    bool is_chosen(const Entry& entry) const {
        if (entry.app->parsed()) return true;
        if (!entry.verb.ends_with(" list")) return false;
        const CLI::App* parent = entry.app->get_parent();
        return parent->parsed() && parent->get_subcommands().empty();
    }

    CLI::App app_;
    std::string config_file_ = kDefaultConfig;
    std::vector<std::string> environment_files_;
    bool is_json_ = false;
    std::vector<std::unique_ptr<Entry>> entries_;
    std::map<std::string, CLI::App*> groups_;
};

}  // namespace

std::optional<CommandLine> parse_command_line(int argc, const char* const* argv, std::ostream& out,
                                              std::ostream& err, int& exit_code) {
    exit_code = kUsage;
    try {
        Parser parser;
        try {
            return parser.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            exit_code = parser.exit(error, out, err);
        }
    } catch (const std::exception& error) {
        err << "gatehouse: " << error.what() << '\n';
    }
    return std::nullopt;
}

std::vector<std::string> verb_names() {
    std::vector<std::string> names;
    for (const LocalVerb& verb : kLocalVerbs)
        names.emplace_back(verb.name);
    for (const RemoteVerb& verb : remote_verbs())
        names.emplace_back(verb.name);
    return names;
}

std::string request_target(const CommandLine& command) {
    std::string target;
    std::size_t next = 0;
    const bool is_short = !command.remote->short_target.empty() && command.arguments.back().empty();
    std::string_view rest = is_short ? command.remote->short_target : command.remote->target;
    while (!rest.empty()) {
        const std::size_t open = rest.find('{');
        target += rest.substr(0, open);
        if (open == std::string_view::npos) break;
        target += percent_encode(command.arguments.at(next++));
        rest.remove_prefix(rest.find('}') + 1);
    }
    char separator = '?';
    for (const auto& [name, value] : command.options) {
        target += separator + name + '=' + percent_encode(value);
        separator = '&';
    }
    return target;
}

}  // namespace gatehouse::cli
