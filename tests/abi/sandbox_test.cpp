// What a plugin tries and may not do, asked from within a call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_fixture.hpp"

namespace gatehouse::test {
namespace {

class SandboxTest : public testing::TestWithParam<std::string> {};

TEST_P(SandboxTest, P9_IsRefusedByTheSystem) {
    PluginFixture fixture;
    fixture.add_plugin({"rogue", "rogue"});
    fixture.connect("doors", "rogue");
    fixture.start();
    EXPECT_THAT(fixture.detail("doors", GetParam()), testing::AnyOf("EPERM", "EACCES"));
    EXPECT_EQ(fixture.detail("doors", "good"), "good");
    EXPECT_EQ(fixture.status("rogue").deaths_total, 0);
}

INSTANTIATE_TEST_SUITE_P(All, SandboxTest,
                         testing::Values("socket", "unix socket", "connect", "exec", "fork",
                                         "ptrace", "kill host", "read file", "write file",
                                         "list folder", "stat", "lstat", "statx", "access",
                                         "read link", "working folder", "raise priority",
                                         "raise limit"),
                         [](const auto& one) {
                             std::string name;
                             for (const char c : one.param)
                                 name += c == ' ' ? '_' : c;
                             for (char& c : name)
                                 c = c == '-' ? '_' : c;
                             return name;
                         });

TEST(SandboxStatusTest, SaysWhatHolds) {
    PluginFixture fixture;
    fixture.add_plugin({"rogue", "rogue"});
    fixture.start();
    ASSERT_TRUE(fixture.wait_for("rogue", plugins::PluginState::kReady));
    EXPECT_THAT(fixture.status("rogue").sandbox,
                testing::MatchesRegex("limits, seccomp, landlock [0-9]+, .*"));
}

TEST(HttpServiceTest, GoesThroughTheHostsEgressUnderTheConnectionsPolicy) {
    PluginFixture fixture;
    fixture.add_plugin({"rogue", "rogue"});
    fixture.connect("doors", "rogue");
    fixture.start();
    observe::StepLog steps(fixture.clock);
    const auto result =
        fixture.host->call({"acme", "doors", "access.apply", apply_request("r", "http"), &steps});
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_THAT(*result, testing::HasSubstr("hello"));
    ASSERT_EQ(fixture.egress.calls().size(), 1U);
    EXPECT_EQ(fixture.egress.calls()[0].url, "https://vendor.example/x");
    EXPECT_EQ(fixture.egress.keys()[0], "acme/doors");
    EXPECT_EQ(steps.steps().size(), 1U);
}

TEST(HttpServiceTest, GivesThePluginTheKindOfAFailure) {
    PluginFixture fixture;
    fixture.add_plugin({"rogue", "rogue"});
    fixture.connect("doors", "rogue");
    fixture.egress.reply = [](const egress::HttpCall&) -> Result<egress::HttpReply> {
        return fail(ErrorKind::kForbidden, "not listed");
    };
    fixture.start();
    const auto result = fixture.apply("doors", "http");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kForbidden);
    EXPECT_THAT(result.error().message, testing::HasSubstr("not listed"));
}

TEST(HttpServiceTest, P9_ACallThatIsEndedWhileAskingDoesNotHangTheHost) {
    PluginFixture fixture;
    PluginFile rogue{"rogue", "rogue"};
    rogue.limits = "{call_ms: 5000, concurrency: 2}";
    fixture.add_plugin(rogue);
    fixture.connect("doors", "rogue");
    std::string crash_result;
    fixture.egress.reply = [&](const egress::HttpCall&) -> Result<egress::HttpReply> {
        if (crash_result.empty()) crash_result = fixture.detail("doors", "crash");
        return egress::HttpReply{200, {}, "hello"};
    };
    fixture.start();
    const auto result = fixture.apply("doors", "http");
    EXPECT_TRUE(result) << result.error().message;
    EXPECT_THAT(crash_result, testing::HasSubstr("SIGSEGV during access.apply of acme/doors#1"));
}

}  // namespace
}  // namespace gatehouse::test
