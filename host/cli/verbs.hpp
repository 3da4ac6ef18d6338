// The verbs that ask the admin port, as data: the parser, the requests, the help and the tests of
// the man page are all made from this list.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::cli {

enum class Form {
    kOption,    // "--name VALUE"
    kFlag,      // "--name", in the query as true
    kArgument,  // a last argument that may be left out
};

struct Parameter {
    std::string_view name;  // of the option "--name" and of the query
    std::string_view value;
    std::string_view help;
    Form form = Form::kOption;
};

struct RemoteVerb {
    std::string_view name;  // "events list": a group and a verb, or one word
    std::string_view help;
    std::string_view method;
    std::string_view target;  // "/v1/events/{EVENT}": what is in braces is an argument, in order
    std::vector<Parameter> parameters;
    void (*print)(const nlohmann::json& document, std::ostream& out);
    // What to ask for next (GET), from an answer that is not the last one; empty when it is. Null:
    // the first answer is the last one.
    std::string (*follow)(const nlohmann::json& document) = nullptr;
    // When the last argument is left out; empty = it may not be.
    std::string_view short_target = {};
    // With --csv: every page, the first with the header. Null = the verb has no --csv.
    void (*print_csv)(const nlohmann::json& document, bool is_first, std::ostream& out) = nullptr;
};

const std::vector<RemoteVerb>& remote_verbs();

// The names in braces of a target.
std::vector<std::string> arguments_of(const RemoteVerb& verb);

}  // namespace gatehouse::cli
