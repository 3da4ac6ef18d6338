// Plugins that misbehave when called; the host lives, says what happened, and others work on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "abi/plugin_fixture.hpp"
#include "base/json.hpp"

namespace gatehouse::test {
namespace {

using plugins::PluginState;
using testing::AllOf;
using testing::HasSubstr;

class HostileTest : public testing::Test {
  protected:
    void begin(const std::string& act_of_settings = {}, const std::string& call_ms = "5000") {
        PluginFile rogue{"rogue", "rogue"};
        rogue.limits = "{call_ms: " + call_ms + ", memory_mib: 64}";
        fixture_.add_plugin(rogue);
        fixture_.add_plugin({"echo", "echo"});
        fixture_.connect("others", "echo");
        config::Connection& doors = fixture_.connect("doors", "rogue");
        if (!act_of_settings.empty()) doors.settings.value = {{"act", act_of_settings}};
        fixture_.start();
    }

    // The rogue can be called again, and the neighbour never noticed.
    void expect_recovery() {
        EXPECT_EQ(fixture_.detail("others", "x"), "others");
        EXPECT_TRUE(fixture_.wait_for("rogue", PluginState::kReady));
        EXPECT_EQ(fixture_.detail("doors", "good"), "good");
        EXPECT_EQ(fixture_.status("echo").deaths_total, 0);
    }

    PluginFixture fixture_;
};

struct Lie {
    std::string act;
    std::string said;
};

class LyingTest : public HostileTest, public testing::WithParamInterface<Lie> {};

TEST_P(LyingTest, P9_IsAnErrorOfThatCallAndEndsNothing) {
    begin();
    EXPECT_THAT(fixture_.detail("doors", GetParam().act), HasSubstr(GetParam().said));
    EXPECT_EQ(fixture_.status("rogue").deaths_total, 0);
    EXPECT_EQ(fixture_.status("rogue").state, PluginState::kReady);
    expect_recovery();
}

INSTANTIATE_TEST_SUITE_P(
    All, LyingTest,
    testing::Values(Lie{"throw", "internal: the plugin let an exception out"},
                    Lie{"throw number", "internal: the plugin let an exception out"},
                    Lie{"no result", "internal: the plugin returned without a result"},
                    Lie{"no reason", "conflict: the plugin gave no reason"},
                    Lie{"wild kind", "internal: the plugin gave no reason"},
                    Lie{"fields", "invalid: the renter cannot be used (renter.email is empty)"},
                    Lie{"not json", "internal: the plugin's result of access.apply cannot be read"},
                    Lie{"wrong schema", "does not fit its schema: /schema"},
                    Lie{"wrong shape", "does not fit its schema"}, Lie{"deep", "nested too deeply"},
                    Lie{"bad utf-8", "\uFFFD"},
                    Lie{"large", "internal: the plugin's result is larger than 1 MiB"},
                    Lie{"print", "printed"}, Lie{"log", "logged"}, Lie{"thread", "left"}),
    [](const auto& one) {
        std::string name;
        for (const char c : one.param.act)
            name += std::isalnum(c) != 0 ? c : '_';
        return name;
    });

struct Death {
    std::string act;
    std::string said;
};

class DyingTest : public HostileTest, public testing::WithParamInterface<Death> {};

TEST_P(DyingTest, P9_FailsItsCallAndANewRunnerComes) {
    if (kIsUnderThreadSanitizer && GetParam().act == "exit") {
        GTEST_SKIP() << "the sanitizer's _exit() waits for the other threads";
    }
    begin({}, "1000");
    const auto result = fixture_.apply("doors", GetParam().act);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kInternal) << result.error().message;
    EXPECT_THAT(result.error().message, HasSubstr(GetParam().said));
    EXPECT_TRUE(fixture_.wait_for("rogue", [](const auto& s) { return s.deaths_total == 1; }));
    EXPECT_NE(fixture_.status("rogue").reason, "");
    EXPECT_THAT(fixture_.metrics.text(),
                HasSubstr("gatehouse_plugins_runner_deaths_total{plugin=\"rogue\"} 1"));
    expect_recovery();
}

INSTANTIATE_TEST_SUITE_P(
    All, DyingTest,
    testing::Values(Death{"crash", "ended by SIGSEGV during access.apply of acme/doors#0"},
                    Death{"abort", "ended by SIGABRT"}, Death{"exit", "left with code 0"},
                    Death{"spin", "did not answer within 1000 ms; its runner was ended"}),
    [](const auto& one) { return one.param.act; });

// 100 threads that spin once their call was answered.
TEST_F(HostileTest, P9_ARunnerThatBurnsTimeWithNoCallIsEndedAndSeen) {
    begin({}, "60000");
    testing::internal::CaptureStderr();
    EXPECT_EQ(fixture_.detail("doors", "spinning threads"), "left");
    EXPECT_TRUE(fixture_.wait_for("rogue", [](const auto& s) { return s.deaths_total == 1; }));
    const std::string said = "was ended: it used processor time that no call asked for";
    EXPECT_THAT(fixture_.status("rogue").reason, HasSubstr(said));
    expect_recovery();
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                HasSubstr("error plugins the runner " + said));
}

// A call that waits for its vendor has given the time back: it pays for no thread.
TEST_F(HostileTest, P9_ACallThatWaitsOutsidePaysForNothing) {
    PluginFile rogue{"rogue", "rogue"};
    rogue.limits = "{call_ms: 60000, concurrency: 2}";
    fixture_.add_plugin(rogue);
    fixture_.connect("doors", "rogue");
    std::atomic<int> asked = 0;
    fixture_.egress.reply = [&](const egress::HttpCall&) -> Result<egress::HttpReply> {
        if (asked++ == 0) {
            EXPECT_EQ(fixture_.detail("doors", "spinning threads"), "left");
            EXPECT_TRUE(
                fixture_.wait_for("rogue", [](const auto& s) { return s.deaths_total == 1; }));
        }
        return egress::HttpReply{200, {}, "hello"};
    };
    fixture_.start();
    EXPECT_EQ(fixture_.detail("doors", "http"), "hello") << "it runs again elsewhere";
    EXPECT_THAT(fixture_.status("rogue").reason,
                HasSubstr("processor time that no call asked for"));
    EXPECT_EQ(fixture_.status("rogue").deaths_total, 1);
}

TEST_F(HostileTest, P9_ARunnerWithTooManyThreadsIsEnded) {
    if (kIsUnderThreadSanitizer) GTEST_SKIP() << "it does not bear so many threads in the sandbox";
    begin({}, "60000");
    EXPECT_EQ(fixture_.detail("doors", "waiting threads"), "left");
    EXPECT_TRUE(fixture_.wait_for("rogue", [](const auto& s) { return s.deaths_total == 1; }));
    EXPECT_THAT(fixture_.status("rogue").reason, HasSubstr("threads, more than 128"));
    expect_recovery();
}

TEST_F(HostileTest, P9_ADeathAndTheReturnAreLoggedAndAStartIsNot) {
    testing::internal::CaptureStderr();
    begin();
    EXPECT_FALSE(fixture_.apply("doors", "crash"));
    expect_recovery();
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_THAT(log, HasSubstr("error plugins the runner ended by SIGSEGV"));
    EXPECT_THAT(log, HasSubstr("info plugins runner ready again plugin=rogue"));
    EXPECT_THAT(log, Not(HasSubstr("runner ready plugin")));
}

TEST_F(HostileTest, P9_ASocketThatIsClosedOrMisusedEndsTheRunner) {
    begin();
    for (const char* act : {"close", "rubbish frame", "foreign frame"}) {
        const std::int64_t deaths = fixture_.status("rogue").deaths_total;
        EXPECT_FALSE(fixture_.apply("doors", act)) << act;
        EXPECT_TRUE(fixture_.wait_for("rogue", [deaths](const auto& s) {
            return s.deaths_total == deaths + 1;
        })) << act;
        expect_recovery();
    }
}

TEST_F(HostileTest, P9_AResultWithoutEndOrMemoryWithoutEndStaysWithinItsRunner) {
#if defined(GATEHOUSE_SANITIZED)
    GTEST_SKIP() << "a sanitizer's shadow memory leaves no room for a limit";
#endif
    begin();
    for (const char* act : {"huge", "allocate"}) {
        const auto result = fixture_.apply("doors", act);
        ASSERT_FALSE(result) << act;
        EXPECT_THAT(result.error().kind,
                    testing::AnyOf(ErrorKind::kInternal, ErrorKind::kUnavailable))
            << act;
        expect_recovery();
    }
}

TEST_F(HostileTest, P9_ACrashInCreateIsNamed) {
    begin("crash in create");
    const auto result = fixture_.apply("doors", "good");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("SIGSEGV in create of acme/doors#0"));
    EXPECT_TRUE(fixture_.wait_for("rogue", PluginState::kReady));
    EXPECT_THAT(fixture_.status("rogue").reason, HasSubstr("SIGSEGV in create"));
    EXPECT_EQ(fixture_.detail("others", "x"), "others");
}

TEST_F(HostileTest, P9_AFailingCreateFailsOnlyTheCall) {
    begin("throw in create");
    EXPECT_THAT(fixture_.detail("doors", "good"),
                HasSubstr("internal: the plugin let an exception"));
    EXPECT_EQ(fixture_.status("rogue").deaths_total, 0);
}

TEST_F(HostileTest, ACreateThatRefusesGivesItsKind) {
    begin("refuse in create");
    EXPECT_THAT(fixture_.detail("doors", "good"), HasSubstr("auth: "));
}

TEST_F(HostileTest, P9_ACreateWithoutInstanceIsAnError) {
    begin("null instance");
    EXPECT_THAT(fixture_.detail("doors", "good"), HasSubstr("internal: "));
}

TEST_F(HostileTest, P9_ACrashInDestroyIsNamed) {
    begin("crash in destroy");
    EXPECT_EQ(fixture_.detail("doors", "good"), "good");
    fixture_.host->stop();
    const plugins::PluginStatus status = fixture_.status("rogue");
    EXPECT_EQ(status.deaths_total, 1);
    EXPECT_THAT(status.reason, HasSubstr("SIGSEGV in destroy of acme/doors#0"));
    EXPECT_EQ(fixture_.status("echo").deaths_total, 0);
}

TEST_F(HostileTest, P8_ThePinThatItWasGivenIsTakenOutOfAllThatItSays) {
    begin();
    nlohmann::json request = parse_json(apply_request("doors", "blab")).value();
    request["credential"] = {{"kind", "pin"}, {"value", "482915"}};
    plugins::Call call{"acme", "doors", "access.apply", dump_json(request)};
    call.secrets.emplace_back("482915");
    testing::internal::CaptureStderr();
    const auto result = fixture_.host->call(call);
    fixture_.host->stop();
    const std::string log = testing::internal::GetCapturedStderr();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "the PIN is *** (credential refused ***)");
    EXPECT_THAT(log, HasSubstr("printed: the PIN is ***"));
    EXPECT_THAT(log, testing::Not(HasSubstr("482915")));
}

TEST_F(HostileTest, StoppingEndsRunnersInOrder) {
    begin();
    EXPECT_EQ(fixture_.detail("doors", "good"), "good");
    fixture_.host->stop();
    EXPECT_EQ(fixture_.status("rogue").deaths_total, 0);
    EXPECT_FALSE(fixture_.apply("doors", "good"));
}

}  // namespace
}  // namespace gatehouse::test
