// The help, the man page, the completion and the page in docs/ all name every verb and option.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "cli/command_line.hpp"

namespace gatehouse::cli {
namespace {

std::string slurp(const std::string& file) {
    std::ifstream stream(std::filesystem::path(GATEHOUSE_SOURCE_FOLDER) / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::set<std::string> option_names() {
    std::set<std::string> names{"config", "csv", "environment", "json", "help"};
    for (const RemoteVerb& verb : remote_verbs()) {
        for (const Parameter& parameter : verb.parameters)
            names.emplace(parameter.name);
    }
    return names;
}

std::string help_of(const std::string& verb) {
    std::vector<std::string> words{"gatehouse"};
    std::istringstream stream(verb);
    for (std::string word; stream >> word;)
        words.push_back(word);
    words.emplace_back("--help");
    std::vector<const char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(word.c_str());
    std::ostringstream out;
    int exit_code = -1;
    parse_command_line(static_cast<int>(arguments.size()), arguments.data(), out, out, exit_code);
    EXPECT_EQ(exit_code, 0) << verb;
    return out.str();
}

TEST(Documents, NameEveryVerb) {
    const std::string man = slurp("packaging/man/gatehouse.1");
    const std::string page = slurp("docs/command-line.md");
    const std::string completion = slurp("packaging/completion/gatehouse.bash");
    const std::string help = help_of("");
    for (const std::string& verb : verb_names()) {
        EXPECT_NE(man.find(verb), std::string::npos) << verb;
        EXPECT_NE(page.find("| `" + verb), std::string::npos) << verb;
        std::istringstream stream(verb);
        std::string first;
        stream >> first;
        EXPECT_NE(help.find("  " + first + " "), std::string::npos) << verb << '\n' << help;
        for (std::string word = first; !word.empty(); word.clear(), stream >> word) {
            EXPECT_NE(completion.find(word), std::string::npos) << word;
        }
    }
}

TEST(Documents, NameEveryOption) {
    const std::string man = slurp("packaging/man/gatehouse.1");
    const std::string page = slurp("docs/command-line.md");
    const std::string completion = slurp("packaging/completion/gatehouse.bash");
    for (const std::string& name : option_names()) {
        EXPECT_NE(man.find("\\-\\-" + name), std::string::npos) << name;
        EXPECT_NE(page.find("--" + name), std::string::npos) << name;
        EXPECT_NE(completion.find("--" + name), std::string::npos) << name;
    }
}

TEST(Documents, TheHelpOfAVerbNamesItsArgumentsAndOptions) {
    for (const RemoteVerb& verb : remote_verbs()) {
        const std::string help = help_of(std::string(verb.name));
        for (const std::string& name : arguments_of(verb)) {
            EXPECT_NE(help.find(name), std::string::npos) << help;
        }
        for (const Parameter& parameter : verb.parameters) {
            const bool is_argument = parameter.form == Form::kArgument;
            const std::string word =
                is_argument ? std::string(parameter.value) : "--" + std::string(parameter.name);
            EXPECT_NE(help.find(word), std::string::npos) << help;
        }
    }
}

}  // namespace
}  // namespace gatehouse::cli
