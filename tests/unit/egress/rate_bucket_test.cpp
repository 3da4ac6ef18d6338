#include "egress/rate_bucket.hpp"

#include <gtest/gtest.h>

#include "egress/rate_limiter.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kNow = 1'000'000 * kMs;

std::int64_t take_ms(RateBucket& bucket, std::int64_t now_ns, double per_second, int burst) {
    return (bucket.turn_ns(bucket.take(now_ns, per_second, burst)) - kNow) / kMs;
}

TEST(RateBucketTest, SpacesRequestsEvenly) {
    RateBucket bucket;
    EXPECT_EQ(take_ms(bucket, kNow, 4, 1), 0);
    EXPECT_EQ(take_ms(bucket, kNow, 4, 1), 250);
    EXPECT_EQ(take_ms(bucket, kNow, 4, 1), 500);
    EXPECT_EQ(take_ms(bucket, kNow + 2000 * kMs, 4, 1), 2000);
}

TEST(RateBucketTest, LetsABurstPassAndThenEarnsTurns) {
    RateBucket bucket;
    EXPECT_EQ(take_ms(bucket, kNow, 10, 3), 0);
    EXPECT_EQ(take_ms(bucket, kNow, 10, 3), 0);
    EXPECT_EQ(take_ms(bucket, kNow, 10, 3), 0);
    EXPECT_EQ(take_ms(bucket, kNow, 10, 3), 100);
    EXPECT_EQ(take_ms(bucket, kNow + 150 * kMs, 10, 3), 200);
    EXPECT_EQ(take_ms(bucket, kNow + 1000 * kMs, 10, 3), 1000);
    EXPECT_EQ(take_ms(bucket, kNow + 1000 * kMs, 10, 3), 1000);
}

TEST(RateBucketTest, WithoutARateEveryTurnIsNow) {
    RateBucket bucket;
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(take_ms(bucket, kNow, 0, 1), 0);
    }
}

TEST(RateBucketTest, APauseMovesTurnsThatHaveNotCome) {
    RateBucket bucket;
    bucket.take(kNow, 10, 1);
    const RateBucket::Ticket second = bucket.take(kNow, 10, 1);
    const RateBucket::Ticket third = bucket.take(kNow, 10, 1);
    bucket.pause(kNow, kNow + 1000 * kMs);
    EXPECT_EQ(bucket.turn_ns(second), kNow + 1100 * kMs);
    EXPECT_EQ(bucket.turn_ns(third), kNow + 1200 * kMs);
    EXPECT_EQ(take_ms(bucket, kNow, 10, 1), 1300);
}

TEST(RateBucketTest, AShorterPauseChangesNothingAndALongerOneExtends) {
    RateBucket bucket;
    bucket.pause(kNow, kNow + 1000 * kMs);
    bucket.pause(kNow, kNow + 400 * kMs);
    EXPECT_EQ(bucket.next_turn_ns(kNow, 0, 1), kNow + 1000 * kMs);
    bucket.pause(kNow, kNow + 1500 * kMs);
    EXPECT_EQ(bucket.next_turn_ns(kNow, 0, 1), kNow + 1500 * kMs);
}

TEST(RateLimiterTest, SaysAtOnceWhenTheTurnComesTooLate) {
    const ManualClock clock(1000);
    RateLimiter limiter(clock);
    EXPECT_TRUE(limiter.wait("k", 1, 1, 1500 * kMs));
    const auto late = limiter.wait("k", 1, 1, 1500 * kMs);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::kRateLimited);
    EXPECT_EQ(late.error().retry_after_ms, 1000);
    EXPECT_TRUE(limiter.wait("other", 1, 1, 1500 * kMs));
}

TEST(RateLimiterTest, ARefusedCallerTakesNoTurn) {
    ManualClock clock(1000);
    RateLimiter limiter(clock);
    EXPECT_TRUE(limiter.wait("k", 1, 1, 1500 * kMs));
    for (int i = 0; i < 10; ++i) {
        EXPECT_FALSE(limiter.wait("k", 1, 1, 1500 * kMs));
    }
    clock.advance_ms(1000);
    EXPECT_TRUE(limiter.wait("k", 1, 1, 2500 * kMs));
}

TEST(RateLimiterTest, APastDeadlineAndAStopAreUnavailable) {
    const ManualClock clock(1000);
    RateLimiter limiter(clock);
    EXPECT_EQ(limiter.wait("k", 0, 1, 1000 * kMs).error().kind, ErrorKind::kUnavailable);
    limiter.stop();
    EXPECT_EQ(limiter.wait("k", 0, 1, 2000 * kMs).error().kind, ErrorKind::kUnavailable);
}

TEST(RateLimiterTest, ForgetsTheKeyUnusedForLongest) {
    const ManualClock clock(1000);
    RateLimiter limiter(clock, nullptr, 3);
    for (const char* key : {"a", "b", "c", "a", "d", "e"}) {
        EXPECT_TRUE(limiter.wait(key, 0, 1, 2000 * kMs));
    }
    EXPECT_EQ(limiter.keys(), 3U);
    limiter.pause("a", 60'000);
    EXPECT_FALSE(limiter.wait("a", 0, 1, 2000 * kMs));
    EXPECT_EQ(limiter.keys(), 3U);
}

}  // namespace
}  // namespace gatehouse::egress
