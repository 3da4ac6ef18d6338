#include "edge/webhooks/quota.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace gatehouse::edge {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kDayNs = 86'400 * kSecondNs;

int events_taken(Quota& quota, std::int64_t now_ns, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; ++i)
        taken += quota.take_event(now_ns) ? 0 : 1;
    return taken;
}

TEST(QuotaTest, TakesAMinutesWorthAtOnceAndThenTheRate) {
    for (const double rate : {0.5, 1.0, 7.0, 100.0, 5000.0}) {
        Quota quota({rate, 1'000'000});
        const int burst = static_cast<int>(rate * 60);
        std::int64_t now_ns = 17;
        EXPECT_EQ(events_taken(quota, now_ns, burst * 2), burst) << rate;
        for (int second = 0; second < 10; ++second) {
            now_ns += 2 * kSecondNs;
            EXPECT_EQ(events_taken(quota, now_ns, burst), static_cast<int>(rate * 2)) << rate;
        }
        now_ns += 120 * kSecondNs;
        EXPECT_EQ(events_taken(quota, now_ns, burst * 2), burst) << rate;
    }
}

TEST(QuotaTest, SaysHowLongItTakesUntilItWouldFit) {
    Quota quota({2, 86'400'000});  // a byte in a millisecond
    ASSERT_EQ(events_taken(quota, 0, 120), 120);
    EXPECT_EQ(quota.take_event(0), 500);
    EXPECT_FALSE(quota.take_event(kSecondNs / 2));
    EXPECT_FALSE(quota.take_bytes(86'400'000, 0));
    const auto wait_ms = quota.take_bytes(1000, 0);
    ASSERT_TRUE(wait_ms);
    EXPECT_NEAR(static_cast<double>(*wait_ms), 1000, 1);
    EXPECT_TRUE(quota.take_bytes(1000, 900'000'000));
    EXPECT_FALSE(quota.take_bytes(1000, 1'001'000'000));
}

TEST(QuotaTest, ADaysBytesComeBackEvenlyAndWhatWasNotKeptAtOnce) {
    Quota quota({1000, 1'000'000});
    EXPECT_FALSE(quota.take_bytes(600'000, 0));
    EXPECT_TRUE(quota.take_bytes(600'000, 0));
    quota.give_back(600'000);
    EXPECT_FALSE(quota.take_bytes(1'000'000, 0));
    EXPECT_FALSE(quota.take_bytes(490'000, kDayNs / 2));
    EXPECT_TRUE(quota.take_bytes(490'000, kDayNs / 2));
    // Longer than it was ever asked for: full is full.
    EXPECT_FALSE(quota.take_bytes(1'000'000, 100 * kDayNs));
    EXPECT_TRUE(quota.take_bytes(100'000, 100 * kDayNs));
    quota.give_back(5'000'000);
    EXPECT_FALSE(quota.take_bytes(9'000'000, 100 * kDayNs)) << "a full one is enough for anything";
    EXPECT_TRUE(quota.take_bytes(1'000, 100 * kDayNs));
}

TEST(QuotaTest, AClockThatStandsOrGoesBackGivesNothing) {
    Quota quota({1, 1'000'000});
    EXPECT_EQ(events_taken(quota, kDayNs, 100), 60);
    EXPECT_EQ(events_taken(quota, 0, 100), 0);
    EXPECT_EQ(events_taken(quota, kDayNs, 100), 0);
    EXPECT_EQ(events_taken(quota, kDayNs + 3 * kSecondNs, 100), 3);
}

TEST(QuotaTest, ManyThreadsTakeNoMoreThanThereIs) {
    Quota quota({10, 1'000'000});
    std::atomic<int> taken = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] { taken += events_taken(quota, 5, 500); });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(taken, 600);
}

TEST(QuotaNewsTest, WakesOnceAndTellsOnceUntilItIsCalm) {
    int woken = 0;
    QuotaNews news([&] { ++woken; });
    EXPECT_FALSE(news.next_ns());
    for (std::int64_t at_ns = 0; at_ns < 100; ++at_ns) {
        news.note_refusal("acme", at_ns);
        news.note_refusal("beta", at_ns);
    }
    EXPECT_EQ(woken, 2);
    EXPECT_EQ(news.next_ns(), 0);
    const auto raised = news.take_changes(100);
    ASSERT_EQ(raised.size(), 2U);
    EXPECT_TRUE(raised[0].is_exceeded && raised[1].is_exceeded);
    EXPECT_TRUE(news.take_changes(200).empty());
    EXPECT_EQ(news.next_ns(), 99 + QuotaNews::kCalmNs);
    news.note_refusal("beta", kSecondNs);
    EXPECT_EQ(woken, 2);
    const auto calm = news.take_changes(99 + QuotaNews::kCalmNs);
    ASSERT_EQ(calm.size(), 1U);
    EXPECT_EQ(calm[0].business, "acme");
    EXPECT_FALSE(calm[0].is_exceeded);
    news.note_refusal("acme", 99 + QuotaNews::kCalmNs);
    EXPECT_EQ(woken, 3) << "it is news again";
}

}  // namespace
}  // namespace gatehouse::edge
