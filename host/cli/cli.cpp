#include "cli/cli.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <ostream>
#include <thread>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "cli/admin_client.hpp"
#include "cli/command_line.hpp"
#include "cli/printers.hpp"
#include "cli/text.hpp"
#include "config/load.hpp"
#include "config/schema.hpp"
#include "egress/egress.hpp"

namespace gatehouse::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kFollowPause{200};

void print_json(const json& document, std::ostream& out) {
    out << document.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

json problem_view(const config::Problem& problem) {
    const bool is_error = problem.severity == config::Problem::Severity::kError;
    return {{"file", problem.place.file},     {"line", problem.place.line},
            {"column", problem.place.column}, {"severity", is_error ? "error" : "warning"},
            {"message", problem.message},     {"suggestion", problem.suggestion}};
}

int check(const CommandLine& command, const Verbs& verbs, std::ostream& out) {
    const config::Problems problems = verbs.check(command.config_file, command.environment_files);
    const bool is_good = !config::has_errors(problems);
    if (command.is_json) {
        json list = json::array();
        for (const config::Problem& problem : problems)
            list.push_back(problem_view(problem));
        print_json({{"ok", is_good}, {"problems", std::move(list)}}, out);
    } else {
        print_problems(problems, out);
        if (is_good) out << "the configuration is good\n";
    }
    return is_good ? kOk : kUsage;
}

int schema(const CommandLine& command, const Verbs& verbs, std::ostream& out) {
    std::map<std::string, json> settings;
    if (verbs.plugin_settings) settings = verbs.plugin_settings(command.config_file);
    print_json(config::config_schema(settings), out);
    return kOk;
}

// The host's answer to `target`; where there is none, a message for people and an exit code.
struct Asked {
    Answer answer;
    int exit_code = kOk;
    std::string message;
};

int exit_code_of(int status) {
    if (status >= 200 && status < 300) return kOk;
    if (status == 400) return kUsage;
    return status == 401 ? kUnauthorised : kFailed;
}

std::string message_of(const Answer& answer) {
    return string_member(answer.document, "message")
        .value_or("the host answered with status " + std::to_string(answer.status));
}

Asked ask(const CommandLine& command, const Verbs& verbs, const std::string& method,
          const std::string& target) {
    config::Problems problems;
    auto admin = config::load_admin(command.config_file, problems);
    if (!admin) {
        const bool is_unread = problems.size() == 1 && problems.front().place.line == 0;
        std::string text = is_unread
                               ? "the host's configuration cannot be read, so nobody can be asked"
                               : "the configuration does not say how to reach the host";
        for (const config::Problem& problem : problems)
            text += '\n' + to_string(problem);
        return {{}, kUsage, text};
    }
    const std::string address = admin_address(*admin);
    const auto http =
        verbs.make_client ? verbs.make_client(address) : egress::make_curl_client({{address}, ""});
    auto answer = AdminClient(std::move(*admin), *http).ask(method, target);
    if (!answer) {
        return {{}, kUnreachable, "no host answers at " + address + ": " + answer.error().message};
    }
    const int exit_code = exit_code_of(answer->status);
    std::string message = exit_code == kOk ? "" : message_of(*answer);
    return {std::move(*answer), exit_code, std::move(message)};
}

// Line by line, because a message from outside may hold anything.
void print_failure(const std::string& message, std::ostream& err) {
    std::size_t begin = 0;
    while (begin <= message.size()) {
        const std::size_t end = std::min(message.find('\n', begin), message.size());
        err << (begin == 0 ? "gatehouse: " : "")
            << harmless(std::string_view(message).substr(begin, end - begin)) << '\n';
        begin = end + 1;
    }
}

// Every page of a list as one CSV.
int export_csv(CommandLine command, const Verbs& verbs, std::ostream& out, std::ostream& err) {
    command.options.try_emplace("limit", "500");
    for (bool is_first = true;; is_first = false) {
        const Asked asked =
            ask(command, verbs, std::string(command.remote->method), request_target(command));
        if (asked.exit_code != kOk) {
            print_failure(asked.message, err);
            return asked.exit_code;
        }
        command.remote->print_csv(asked.answer.document, is_first, out);
        const std::string next = string_member(asked.answer.document, "next_cursor").value_or("");
        // A host that names the same page again would never end.
        if (next.empty() || next == command.options["cursor"]) return kOk;
        command.options["cursor"] = next;
    }
}

int print_answer(const CommandLine& command, const Asked& asked,
                 void (*print)(const json& document, std::ostream& out), std::ostream& out,
                 std::ostream& err) {
    if (asked.exit_code != kOk) {
        print_failure(asked.message, err);
    } else if (command.is_json) {
        print_json(asked.answer.document, out);
    } else {
        print(asked.answer.document, out);
    }
    return asked.exit_code;
}

int remote(const CommandLine& command, const Verbs& verbs, std::ostream& out, std::ostream& err) {
    if (command.is_csv) return export_csv(command, verbs, out, err);
    Asked asked = ask(command, verbs, std::string(command.remote->method), request_target(command));
    const auto next = [&] {
        const bool may_follow = asked.exit_code == kOk && command.remote->follow != nullptr;
        return may_follow ? command.remote->follow(asked.answer.document) : std::string();
    };
    for (std::string target = next(); !target.empty(); target = next()) {
        std::this_thread::sleep_for(kFollowPause);
        asked = ask(command, verbs, "GET", target);
    }
    const int exit_code = print_answer(command, asked, command.remote->print, out, err);
    const bool is_followed = command.remote->follow != nullptr && exit_code == kOk;
    const bool has_failed =
        is_followed && string_member(asked.answer.document, "state") == "failed";
    return has_failed ? kFailed : exit_code;
}

// Lists, or lets pass what --confirm or --confirm-all say.
int fuse(const CommandLine& command, const Verbs& verbs, std::ostream& out, std::ostream& err) {
    const auto option = [&](const char* name) {
        const auto found = command.options.find(name);
        return found == command.options.end() ? std::string() : found->second;
    };
    const std::string rental = option("confirm");
    const bool is_all = !option("confirm-all").empty();
    if (rental.empty() && !is_all) return remote(command, verbs, out, err);
    const std::string business = option("business");
    if (business.empty() || (is_all && !rental.empty())) {
        print_failure("name the business, and one rental or --confirm-all", err);
        return kUsage;
    }
    const std::string target = "/v1/fuse/" + percent_encode(business) + "/confirm?" +
                               (is_all ? "all=true" : "rental=" + percent_encode(rental));
    return print_answer(command, ask(command, verbs, "POST", target), print_message, out, err);
}

// Always succeeds: without a host there is still this program's version to tell.
int version(const CommandLine& command, const Verbs& verbs, std::ostream& out) {
    const Asked asked = ask(command, verbs, "GET", "/v1/version");
    const json host = asked.exit_code == kOk ? asked.answer.document : json();
    if (command.is_json) {
        print_json({{"version", verbs.version}, {"host", host}}, out);
        return kOk;
    }
    out << "gatehouse " << verbs.version << '\n';
    if (host.is_object()) {
        out << "host      " << harmless(string_member(host, "version").value_or("-")) << '\n'
            << "settings  " << harmless(string_member(host, "fingerprint").value_or("-")) << '\n';
    } else {
        out << "host      not reachable\n";
    }
    return kOk;
}

int copy(const CommandLine& command, const Verbs::Copy& verb, std::ostream& out,
         std::ostream& err) {
    const auto done = verb(command.config_file, command.arguments.at(0));
    if (!done) {
        print_failure(done.error().message, err);
        return kFailed;
    }
    if (command.is_json) {
        print_json({{"done", *done}}, out);
    } else {
        for (const std::string& line : *done)
            out << harmless(line) << '\n';
    }
    return kOk;
}

int run_verb(const CommandLine& command, const Verbs& verbs, std::ostream& out, std::ostream& err) {
    if (command.verb == "fuse") return fuse(command, verbs, out, err);
    if (command.remote != nullptr) return remote(command, verbs, out, err);
    if (command.verb == "serve") return verbs.serve(command.config_file);
    if (command.verb == "check") return check(command, verbs, out);
    if (command.verb == "backup") return copy(command, verbs.back_up, out, err);
    if (command.verb == "restore") return copy(command, verbs.restore, out, err);
    if (command.verb == "schema") return schema(command, verbs, out);
    return version(command, verbs, out);
}

}  // namespace

int run(int argc, const char* const* argv, const Verbs& verbs, std::ostream& out,
        std::ostream& err) {
    int exit_code = kUsage;
    const auto command = parse_command_line(argc, argv, out, err, exit_code);
    if (!command) return exit_code;
    try {
        return run_verb(*command, verbs, out, err);
    } catch (const std::exception& error) {
        print_failure(error.what(), err);
        return kFailed;
    }
}

void print_problems(const config::Problems& problems, std::ostream& out) {
    for (const config::Problem& problem : problems)
        out << harmless(to_string(problem)) << '\n';
}

}  // namespace gatehouse::cli
