#include "app/signals.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <limits>

namespace gatehouse::app {
namespace {

constexpr std::int64_t kForEverMs = std::numeric_limits<std::int64_t>::max();

TEST(SignalsTest, EndsByTermAndIntAndIsHarmedByNoOther) {
    Signals signals;
    for (const int harmless : {SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE}) {
        ::raise(harmless);
        EXPECT_EQ(signals.wait(0), Heard::kTime) << harmless;
    }
    for (const int end : {SIGTERM, SIGINT}) {
        ::raise(end);
        EXPECT_EQ(signals.wait(kForEverMs), Heard::kEnd) << end;
    }
}

TEST(SignalsTest, AnEndGoesBeforeWhatElseThereIs) {
    Signals signals;
    signals.wake();
    ::raise(SIGUSR1);
    ::raise(SIGTERM);
    EXPECT_EQ(signals.wait(kForEverMs), Heard::kEnd);
    EXPECT_EQ(signals.wait(kForEverMs), Heard::kWoken);
    EXPECT_EQ(signals.wait(-1), Heard::kTime);
}

TEST(SignalsTest, ManyCallsMayEndOneWait) {
    Signals signals;
    std::thread waker([&signals] {
        for (int i = 0; i < 1000; ++i)
            signals.wake();
    });
    EXPECT_EQ(signals.wait(kForEverMs), Heard::kWoken);
    waker.join();
}

TEST(SignalsTest, AStartThatIsWatchedEndsAtOnce) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    const auto start = [] {
        Signals signals;
        const StartWatch watch(signals);
        ::kill(::getpid(), SIGUSR2);
        ::kill(::getpid(), SIGTERM);
        while (true)
            ::pause();
    };
    EXPECT_EXIT(start(), testing::ExitedWithCode(0), "told to end while starting");
}

TEST(SignalsTest, AWatchThatIsOverLeavesTheSignalsToTheirOwner) {
    Signals signals;
    { const StartWatch watch(signals); }
    ::raise(SIGTERM);
    EXPECT_EQ(signals.wait(kForEverMs), Heard::kEnd);
}

}  // namespace
}  // namespace gatehouse::app
