#include "cli/command_line.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/cli.hpp"

namespace gatehouse::cli {
namespace {

struct Parsed {
    std::optional<CommandLine> command;
    int exit_code = 0;
    std::string out;
    std::string err;
};

Parsed parse(std::vector<const char*> words) {
    words.insert(words.begin(), "gatehouse");
    std::ostringstream out;
    std::ostringstream err;
    Parsed parsed;
    parsed.command = parse_command_line(static_cast<int>(words.size()), words.data(), out, err,
                                        parsed.exit_code);
    parsed.out = out.str();
    parsed.err = err.str();
    return parsed;
}

TEST(CommandLineParser, ReadsLocalVerbs) {
    const auto serve = parse({"serve"});
    ASSERT_TRUE(serve.command);
    EXPECT_EQ(serve.command->verb, "serve");
    EXPECT_EQ(serve.command->config_file, "/etc/gatehouse/gatehouse.yaml");
    EXPECT_FALSE(serve.command->is_json);
    EXPECT_EQ(serve.command->remote, nullptr);
}

TEST(CommandLineParser, TakesOptionsBeforeAndAfterTheVerb) {
    for (const auto& words : {std::vector<const char*>{"--json", "--config", "x.yaml", "check"},
                              std::vector<const char*>{"check", "--config", "x.yaml", "--json"}}) {
        const auto check = parse(words);
        ASSERT_TRUE(check.command);
        EXPECT_EQ(check.command->config_file, "x.yaml");
        EXPECT_TRUE(check.command->is_json);
    }
    const auto events = parse({"events", "list", "--json", "--limit", "5", "--config", "y"});
    ASSERT_TRUE(events.command);
    EXPECT_TRUE(events.command->is_json);
    EXPECT_EQ(events.command->config_file, "y");
}

TEST(CommandLineParser, NamesAVerbThatIsNone) {
    const auto near = parse({"--json", "sweeep", "acme"});
    EXPECT_FALSE(near.command);
    EXPECT_EQ(near.exit_code, kUsage);
    EXPECT_EQ(near.err,
              "gatehouse: there is no verb 'sweeep' (did you mean 'sweep'?); gatehouse --help "
              "lists them\n");
    EXPECT_EQ(parse({"dead-letter", "list"}).err,
              "gatehouse: there is no verb 'dead-letter' (did you mean 'dead-letters'?); gatehouse "
              "--help lists them\n");
    EXPECT_EQ(parse({"zebra\033[1m"}).err,
              "gatehouse: there is no verb 'zebra?[1m'; gatehouse --help lists them\n");
    EXPECT_EQ(parse({"--jsno"}).exit_code, kUsage);
    EXPECT_EQ(parse({"--help"}).exit_code, kOk);
}

TEST(CommandLineParser, MakesTheRequestOfARemoteVerb) {
    const auto target = [](std::vector<const char*> words) {
        const auto parsed = parse(std::move(words));
        return parsed.command ? request_target(*parsed.command) : "none: " + parsed.err;
    };
    EXPECT_EQ(target({"events", "list", "--business", "a b&c", "--limit", "5"}),
              "/v1/events?business=a%20b%26c&limit=5");
    EXPECT_EQ(target({"events"}), "/v1/events");
    EXPECT_EQ(target({"dead-letters"}), "/v1/dead-letters");
    EXPECT_EQ(target({"events", "show", "7"}), "/v1/events/7");
    EXPECT_EQ(target({"events", "find", "acme", "storeganise", "a/b?c"}),
              "/v1/events/by-sender/acme/storeganise/a%2Fb%3Fc");
    EXPECT_EQ(target({"explain", "acme", "../../x"}), "/v1/rentals/acme/..%2F..%2Fx/explain");
    EXPECT_EQ(target({"explain", "acme", "target", "lock:1/2", "--limit", "5"}),
              "/v1/explain/acme/target/lock%3A1%2F2?limit=5");
    EXPECT_EQ(target({"replay", "7"}), "/v1/events/7/replay");
    EXPECT_EQ(target({"dead-letters", "replay", "3"}), "/v1/dead-letters/3/replay");
    EXPECT_EQ(target({"dead-letters", "discard", "3"}), "/v1/dead-letters/3/discard");
    EXPECT_EQ(target({"rentals", "acme", "--after", "r1"}), "/v1/rentals/acme?after=r1");
    EXPECT_EQ(target({"sweep", "acme"}), "/v1/sweeps/acme");
    EXPECT_EQ(target({"sweep", "acme", "--full", "--dry-run"}),
              "/v1/sweeps/acme?dry-run=true&full=true");
    EXPECT_EQ(target({"alerts"}), "/v1/alerts");
    EXPECT_EQ(target({"alerts", "acme", "--limit", "3"}), "/v1/alerts?business=acme&limit=3");
    EXPECT_EQ(target({"fuse", "acme"}), "/v1/fuse?business=acme");
}

TEST(CommandLineParser, WrongUsageEndsWith2) {
    for (const auto& words :
         {std::vector<const char*>{}, std::vector<const char*>{"nonsense"},
          std::vector<const char*>{"events", "show"}, std::vector<const char*>{"explain", "acme"},
          std::vector<const char*>{"events", "list", "--zzz"},
          std::vector<const char*>{"check", "extra"}, std::vector<const char*>{"check", "replay"},
          std::vector<const char*>{"serve", "--config"}}) {
        const auto parsed = parse(words);
        EXPECT_FALSE(parsed.command);
        EXPECT_EQ(parsed.exit_code, kUsage);
        EXPECT_NE(parsed.out + parsed.err, "");
    }
}

TEST(CommandLineParser, HelpEndsWith0) {
    const auto help = parse({"--help"});
    EXPECT_FALSE(help.command);
    EXPECT_EQ(help.exit_code, kOk);
    EXPECT_NE(help.out.find("Exit codes"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::cli
