#include "config/environment_file.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"
#include "unit/config/environment.hpp"
#include "unit/config/temporary_folder.hpp"

namespace gatehouse::config {
namespace {

struct Read {
    std::map<std::string, std::string> values;
    std::string problems;
};

Read read(std::string_view text) {
    Variables variables;
    Problems problems;
    read_environment_text(text, "env", variables, problems);
    Read result;
    for (const auto& [name, value] : variables)
        result.values[name] = value.reveal();
    for (const Problem& problem : problems) {
        result.problems += to_string(problem) + '\n';
        EXPECT_EQ(result.problems.find("HUSH"), std::string::npos);
    }
    return result;
}

using Values = std::map<std::string, std::string>;

// What systemd 252's reader makes of each, by its source.
TEST(EnvironmentFile, ReadsValuesAsSystemdDoes) {
    const std::vector<std::pair<std::string, Values>> cases{
        {"A=1", {{"A", "1"}}},
        {"A=1\nB=2\n", {{"A", "1"}, {"B", "2"}}},
        {"A=1\r\nB=2\r\n", {{"A", "1"}, {"B", "2"}}},
        {"A=1\rB=2", {{"A", "1"}, {"B", "2"}}},
        {"  A  =  1  \n", {{"A", "1"}}},
        {"A=\nB=x", {{"A", ""}, {"B", "x"}}},
        {"A=sg$key-acme\nB=${A}", {{"A", "sg$key-acme"}, {"B", "${A}"}}},
        {"A=whsec acme", {{"A", "whsec acme"}}},
        {"A=abc$def#1", {{"A", "abc$def#1"}}},
        {"A=a # no comment", {{"A", "a # no comment"}}},
        {"A=x;y", {{"A", "x;y"}}},
        {"# A=1\n; B=2\n  # C=3\nD=4", {{"D", "4"}}},
        {"A=\"a b\"", {{"A", "a b"}}},
        {"A='a b'", {{"A", "a b"}}},
        {"A=\"a b \"  \n", {{"A", "a b "}}},
        {"A=' x '", {{"A", " x "}}},
        {"A=\"a\"'b'c", {{"A", "abc"}}},
        {"A=\"a\" 'b'", {{"A", "ab"}}},
        {"A=a\"b\"", {{"A", "a\"b\""}}},
        {"A=it's", {{"A", "it's"}}},
        {"A=\"\\\"\\\\\\`\\$\"", {{"A", "\"\\`$"}}},
        {"A=\"\\n\\x\"", {{"A", "\\n\\x"}}},
        {"A='\\n'", {{"A", "\\n"}}},
        {"A=a\\nb", {{"A", "anb"}}},
        {"A=a\\ ", {{"A", "a "}}},
        {"A=one\\\ntwo", {{"A", "onetwo"}}},
        {"A=\"one\\\ntwo\"", {{"A", "onetwo"}}},
        {"A=\"one\ntwo\"\nB=2", {{"A", "one\ntwo"}, {"B", "2"}}},
        {"A=1\nA=2", {{"A", "2"}}},
        {"A==b=", {{"A", "=b="}}},
        {"A=caf\u00e9", {{"A", "caf\u00e9"}}},
        {"A=1\\", {{"A", "1"}}},
        {"", {}},
        {"\n\n \t\n", {}},
    };
    for (const auto& [text, values] : cases) {
        const Read result = read(text);
        EXPECT_EQ(result.values, values) << text;
        EXPECT_EQ(result.problems, "") << text;
    }
}

TEST(EnvironmentFile, SaysWhatThePartsAreThatItPassesOver) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"B=1\nexport A=HUSH\n",
         "env:2:1: warning: 'export A' names no variable: the line is "
         "passed over (remove 'export', which only a shell knows)\n"},
        {"1A=HUSH\n", "env:1:1: warning: '1A' names no variable"},
        {"A-B=HUSH\n", "env:1:1: warning: 'A-B' names no variable"},
        {"=HUSH\n", "env:1:1: warning: '' names no variable"},
        {"\njust words\n", "env:2:1: warning: this line is no assignment"},
        {"A=\"HU\x01SH\"\n", "env:1:1: warning: the value of A holds bytes that are no text"},
        {"\n\nA=\"HUSH\nB=2\n", "env:3:1: error: a quote is not closed"},
        {"A='HUSH", "env:1:1: error: a quote is not closed"},
        {"# old: \\\nA=1\n", "env:1:1: error: a comment ends with a backslash"},
        {"A=\xff\n", "env: error: the file is not UTF-8 text"},
        {std::string("A=\0b\n", 5), "env: error: the file is not UTF-8 text"},
    };
    for (const auto& [text, words] : cases) {
        EXPECT_NE(read(text).problems.find(words), std::string::npos)
            << text << read(text).problems;
    }
}

TEST(EnvironmentFile, OnlyItsVariablesCountWhereOneIsGiven) {
    TemporaryFolder folder;
    Environment environment;
    environment.set("GATEHOUSE_TEST_SHELL", "HUSH-of-the-shell");
    folder.write("cert.pem", "c");
    folder.write("businesses.d/.keep", "");
    const auto file =
        folder.write("gatehouse.yaml",
                     "listen: {port: 0, tls: {certificate: cert.pem, key: cert.pem}}\n"
                     "admin: {port: 0, token: '${env:GATEHOUSE_TEST_FILE}'}\n"
                     "store: {sqlite: {path: '${env:GATEHOUSE_TEST_SHELL}'}}\n");
    const auto env = folder.write("env", "GATEHOUSE_TEST_FILE=HUSH$of-the-file HUSH\n");
    Variables variables;
    Problems problems;
    read_environment_file(env, variables, problems);
    EXPECT_TRUE(problems.empty());
    const Loaded loaded = load(file, &variables);
    EXPECT_EQ(loaded.config.admin.token.reveal(), "HUSH$of-the-file HUSH");
    ASSERT_TRUE(has_errors(loaded.problems));
    EXPECT_NE(to_string(loaded.problems.front())
                  .find("variable GATEHOUSE_TEST_SHELL is not in the "
                        "environment that was given"),
              std::string::npos)
        << to_string(loaded.problems.front());
    EXPECT_NE(load(file).config.fingerprint, loaded.config.fingerprint);
    read_environment_file(folder.path() / "none", variables, problems);
    EXPECT_TRUE(has_errors(problems));
}

}  // namespace
}  // namespace gatehouse::config
