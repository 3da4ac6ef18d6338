// Whose trouble it is when a runner ends: the others' work goes on (promises P9 and P10).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <thread>
#include <vector>

#include "abi/plugin_fixture.hpp"
#include "base/json.hpp"
#include "plugins/lane_room.hpp"

namespace gatehouse::test {
namespace {

using plugins::PluginState;
using plugins::PluginStatus;
using testing::HasSubstr;

class IsolationTest : public testing::Test {
  protected:
    void begin(const std::string& limits = "{call_ms: 30000, concurrency: 4}") {
        PluginFile rogue{"rogue", "rogue"};
        rogue.limits = limits;
        fixture_.add_plugin(rogue);
        fixture_.connect("doors", "rogue", "acme");
        fixture_.connect("doors", "rogue", "beta");
        fixture_.start();
    }

    std::string detail(const std::string& business, const std::string& act) {
        const Result<std::string> result = fixture_.apply("doors", act, business);
        if (!result) return result.error().message;
        const auto document = parse_json(*result);
        return document ? string_member(*document, "detail").value_or("") : "";
    }

    std::vector<std::string> isolated() {
        std::vector<std::string> names;
        for (const plugins::IsolatedConnection& one : fixture_.status("rogue").isolated)
            names.push_back(one.connection);
        return names;
    }

    PluginFixture fixture_;
};

// The instance in the shared runner lives on, so it counts on.
TEST_F(IsolationTest, P9_AfterTwoDeathsAConnectionWorksAlone) {
    begin();
    EXPECT_THAT(detail("acme", "crash"), HasSubstr("SIGSEGV during access.apply of acme/doors#0"));
    EXPECT_THAT(isolated(), testing::IsEmpty());
    EXPECT_THAT(detail("acme", "crash"), HasSubstr("SIGSEGV"));
    EXPECT_THAT(isolated(), testing::ElementsAre("acme/doors"));
    EXPECT_THAT(fixture_.status("rogue").isolated[0].why, HasSubstr("SIGSEGV"));
    EXPECT_EQ(detail("beta", "count"), "1");
    for (int i = 0; i < 3; ++i) {
        EXPECT_FALSE(fixture_.apply("doors", "crash", "acme"));
        EXPECT_EQ(detail("beta", "count"), std::to_string(2 + i));
        EXPECT_EQ(detail("acme", "good"), "good");
    }
    const PluginStatus status = fixture_.status("rogue");
    EXPECT_EQ(status.state, PluginState::kReady);
    EXPECT_EQ(status.own_runners, 1);
    EXPECT_EQ(status.deaths_total, 5);
    EXPECT_THAT(fixture_.metrics.text(),
                HasSubstr("gatehouse_plugins_isolated_connections{plugin=\"rogue\"} 1"));
}

struct End {
    std::string act;
    std::string call_ms;
};

class EndTest : public IsolationTest, public testing::WithParamInterface<End> {};

// Four calls of beta are in the runner, waiting for the host, when acme's call ends it. Whoever it
// was: beta's calls are done in the end, at the first asking, and the blame is acme's.
TEST_P(EndTest, P10_OthersCallsInThatRunnerAreDoneAllTheSame) {
    if (kIsUnderThreadSanitizer && GetParam().act == "exit") {
        GTEST_SKIP() << "the sanitizer's _exit() waits for the other threads";
    }
    begin("{call_ms: " + GetParam().call_ms + ", concurrency: 4}");
    constexpr int kOthers = 4;
    std::latch all_in(kOthers);
    std::atomic<int> asked = 0;
    fixture_.egress.reply = [&](const egress::HttpCall&) -> Result<egress::HttpReply> {
        if (asked++ < kOthers) {
            all_in.count_down();
            fixture_.wait_for("rogue", [](const auto& s) { return s.deaths_total >= 1; });
        }
        return egress::HttpReply{200, {}, "hello"};
    };
    std::vector<std::future<std::string>> others;
    others.reserve(kOthers);
    for (int i = 0; i < kOthers; ++i)
        others.push_back(std::async(std::launch::async, [this] { return detail("beta", "http"); }));
    all_in.wait();
    const auto guilty = fixture_.apply("doors", GetParam().act, "acme");
    ASSERT_FALSE(guilty);
    EXPECT_EQ(guilty.error().kind, ErrorKind::kInternal) << guilty.error().message;
    EXPECT_FALSE(guilty.error().is_postponed);
    for (auto& other : others)
        EXPECT_EQ(other.get(), "hello");
    EXPECT_FALSE(fixture_.apply("doors", GetParam().act, "acme"));
    EXPECT_THAT(isolated(), testing::Not(testing::Contains("beta/doors")));
    EXPECT_EQ(detail("beta", "good"), "good");
}

INSTANTIATE_TEST_SUITE_P(All, EndTest,
                         testing::Values(End{"crash", "30000"}, End{"abort", "30000"},
                                         End{"exit", "30000"}, End{"close", "30000"},
                                         End{"rubbish frame", "30000"},
                                         End{"foreign frame", "30000"}, End{"spin", "1500"}),
                         [](const auto& one) {
                             std::string name = one.param.act;
                             std::replace(name.begin(), name.end(), ' ', '_');
                             return name;
                         });

// Sixty businesses whose vendor answers nobody hold most of the runner's threads. A neighbour whose
// calls are quick is served at the first asking, and whoever finds no room has made no attempt.
TEST_F(IsolationTest, P10_ManyThatWaitForTheirVendorLeaveRoomForTheOthers) {
    constexpr int kSlow = 60;
    constexpr int kCalls = 180;
    fixture_.add_plugin({"rogue", "rogue", "{call_ms: 30000, concurrency: 4}"});
    fixture_.connect("doors", "rogue", "calm");
    for (int i = 0; i < kSlow; ++i)
        fixture_.connect("doors", "rogue", "slow" + std::to_string(i));
    fixture_.start();
    EXPECT_EQ(detail("calm", "good"), "good");
    std::promise<void> answer;
    std::shared_future<void> answered = answer.get_future().share();
    std::latch all_there(kCalls);
    fixture_.egress.reply = [&](const egress::HttpCall&) -> Result<egress::HttpReply> {
        all_there.count_down();
        answered.wait();
        return egress::HttpReply{200, {}, "hello"};
    };
    std::vector<std::future<bool>> calls;
    calls.reserve(kCalls);
    for (int i = 0; i < kCalls; ++i) {
        calls.push_back(std::async(std::launch::async, [&, i] {
            const auto result = fixture_.apply("doors", "http", "slow" + std::to_string(i % kSlow));
            if (result) return true;
            EXPECT_TRUE(result.error().is_postponed) << result.error().message;
            all_there.count_down();
            return false;
        }));
    }
    all_there.wait();
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(detail("calm", "good"), "good");
    answer.set_value();
    std::size_t done = 0;
    for (std::future<bool>& call : calls)
        done += call.get() ? 1U : 0U;
    EXPECT_GE(done, plugins::LaneRoom::kOfSlow);
    EXPECT_LE(done, plugins::LaneRoom::kOfUnknown);
    EXPECT_EQ(fixture_.status("rogue").deaths_total, 0);
}

// What is asked of the runner: sixty calls that end it, four at a time, and twenty of a neighbour
// meanwhile, of which every one is done when it is asked for.
TEST_F(IsolationTest, P10_SixtyPoisonCallsOfOneAndTwentyOfAnother) {
    fixture_.options.lane.max_pause_ms = 20;
    begin();
    std::atomic<int> left = 60;
    std::vector<std::thread> poisoners;
    poisoners.reserve(4);
    for (int i = 0; i < 4; ++i) {
        poisoners.emplace_back([&] {
            while (left-- > 0) {
                const auto result = fixture_.apply("doors", "crash", "acme");
                if (!result && result.error().is_postponed) ++left;  // it was no attempt
            }
        });
    }
    int done = 0;
    for (int i = 0; i < 20; ++i)
        done += detail("beta", "good") == "good" ? 1 : 0;
    for (std::thread& poisoner : poisoners)
        poisoner.join();
    EXPECT_EQ(done, 20);
    EXPECT_THAT(isolated(), testing::ElementsAre("acme/doors"));
    EXPECT_GE(fixture_.status("rogue").deaths_total, 60);
    EXPECT_EQ(detail("beta", "good"), "good");
}

TEST_F(IsolationTest, P9_WhatIsLeftBehindIsBlamedOnWhoWasServed) {
    begin();
    for (int i = 1; i <= 2; ++i) {
        EXPECT_EQ(detail("acme", "crash later"), "left");
        EXPECT_TRUE(fixture_.wait_for("rogue", [i](const auto& s) { return s.deaths_total == i; }));
    }
    EXPECT_THAT(isolated(), testing::ElementsAre("acme/doors"));
    EXPECT_EQ(detail("beta", "good"), "good");
}

TEST_F(IsolationTest, P9_ACallThatFindsItsRunnerDownIsNoAttempt) {
    fixture_.options.lane.first_pause_ms = 3'600'000;
    fixture_.options.lane.max_pause_ms = 3'600'000;
    begin();
    EXPECT_FALSE(fixture_.apply("doors", "crash", "acme"));
    const auto result = fixture_.apply("doors", "good", "beta");
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is_postponed);
    EXPECT_EQ(result.error().message, "plugin rogue is restarting") << "nothing of others";
    EXPECT_GT(result.error().retry_after_ms.value_or(0), 3'000'000);
}

// The pause grows while one death follows another, and begins anew after any call that went well.
TEST_F(IsolationTest, AGoodCallShortensThePause) {
    fixture_.options.lane.first_pause_ms = 10;
    begin();
    const auto pause_after_death = [&] {
        EXPECT_FALSE(fixture_.apply("doors", "crash", "acme"));
        const auto result = fixture_.apply("doors", "good", "acme");
        return result ? std::string("waited") : result.error().message;
    };
    for (int i = 0; i < 12; ++i)
        EXPECT_EQ(pause_after_death(), "waited") << i;
}

TEST_F(IsolationTest, P9_TimeThatTheHostTakesIsNotThePlugins) {
    begin("{call_ms: 300, concurrency: 4}");
    fixture_.egress.reply = [&](const egress::HttpCall&) -> Result<egress::HttpReply> {
        std::this_thread::sleep_for(std::chrono::milliseconds(700));  // later than the call's end
        return egress::HttpReply{200, {}, "hello"};
    };
    EXPECT_EQ(detail("acme", "http"), "hello");
    EXPECT_EQ(fixture_.status("rogue").deaths_total, 0);
    EXPECT_EQ(detail("acme", "count"), "1");
}

TEST_F(IsolationTest, AnIsolatedBusinessHasARunnerWhileItIsCalled) {
    fixture_.options.idle_ms = 50;
    PluginFile rogue{"rogue", "rogue"};
    fixture_.add_plugin(rogue);
    for (const char* business : {"acme", "beta"})
        fixture_.connect("doors", "rogue", business).is_isolated = true;
    fixture_.start();
    EXPECT_EQ(fixture_.status("rogue").state, PluginState::kIdle);
    EXPECT_EQ(fixture_.status("rogue").runners, 0);
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(detail("acme", "count"), "1") << "a new process each time";
        EXPECT_EQ(detail("beta", "count"), "1");
        EXPECT_TRUE(fixture_.wait_for("rogue", PluginState::kIdle));
        EXPECT_TRUE(fixture_.wait_for("rogue", [](const auto& s) { return s.runners == 0; }));
    }
    EXPECT_EQ(fixture_.status("rogue").deaths_total, 0);
}

TEST_F(IsolationTest, ThereAreNeverMoreProcessesThanAllowed) {
    fixture_.options.max_processes = 2;
    PluginFile rogue{"rogue", "rogue"};
    rogue.limits = "{call_ms: 30000, concurrency: 1}";
    fixture_.add_plugin(rogue);
    constexpr int kBusinesses = 6;
    for (int i = 0; i < kBusinesses; ++i)
        fixture_.connect("doors", "rogue", "b" + std::to_string(i)).is_isolated = true;
    std::atomic<int> most = 0;
    fixture_.egress.reply = [&](const egress::HttpCall&) -> Result<egress::HttpReply> {
        const int now = fixture_.status("rogue").own_runners;
        for (int before = most; now > before && !most.compare_exchange_weak(before, now);) {
        }
        return egress::HttpReply{200, {}, "hello"};
    };
    fixture_.start();
    std::atomic<int> done = 0;
    std::vector<std::thread> callers;
    callers.reserve(kBusinesses);
    for (int i = 0; i < kBusinesses; ++i) {
        callers.emplace_back([&, i] {
            for (int good = 0; good < 5;) {
                const auto result = fixture_.apply("doors", "http", "b" + std::to_string(i));
                if (result) {
                    ++good;
                    ++done;
                } else {
                    ASSERT_TRUE(result.error().is_postponed) << result.error().message;
                }
            }
        });
    }
    for (std::thread& caller : callers)
        caller.join();
    EXPECT_EQ(done, kBusinesses * 5);
    EXPECT_GE(most, 1);
    EXPECT_LE(most, 2);
    EXPECT_EQ(fixture_.status("rogue").deaths_total, 0);
}

// Isolated by the operator: its suspects are tried among themselves, never beside another
// business's.
TEST_F(IsolationTest, AnIsolatedBusinessNeverSharesARunner) {
    PluginFile rogue{"rogue", "rogue"};
    rogue.limits = "{call_ms: 30000, concurrency: 4}";
    fixture_.add_plugin(rogue);
    fixture_.connect("doors", "rogue", "acme").is_isolated = true;
    fixture_.connect("doors", "rogue", "beta");
    fixture_.start();
    EXPECT_EQ(detail("beta", "count"), "1");
    for (int i = 0; i < 4; ++i)
        EXPECT_FALSE(fixture_.apply("doors", "crash", "acme"));
    EXPECT_EQ(detail("acme", "good"), "good");
    EXPECT_EQ(detail("beta", "count"), "2");
}

}  // namespace
}  // namespace gatehouse::test
