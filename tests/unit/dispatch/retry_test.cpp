#include "dispatch/retry.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace gatehouse::dispatch {
namespace {

// Gives the same number over and over: the largest or the smallest that below() can turn out.
class FixedRandom final : public Random {
  public:
    explicit FixedRandom(std::uint64_t value) : value_(value) {}
    std::string bytes(std::size_t count) override {
        std::string raw(count, '\0');
        std::memcpy(raw.data(), &value_, std::min(count, sizeof value_));
        return raw;
    }

  private:
    std::uint64_t value_;
};

constexpr UnixMs kNow = 1'000'000;

config::Dispatch settings() {
    config::Dispatch made;
    made.first_retry_ms = 2'000;
    made.max_retry_ms = 3'600'000;
    made.budget_ms = 86'400'000;
    return made;
}

std::optional<std::int64_t> delay(ErrorKind kind, int attempt, std::uint64_t random,
                                  std::optional<std::int64_t> retry_after_ms = std::nullopt) {
    FixedRandom fixed(random);
    const auto next =
        next_attempt(Error{kind, "", retry_after_ms}, attempt, 0, kNow, settings(), fixed);
    return next ? std::optional(*next - kNow) : std::nullopt;
}

TEST(RetryTest, WhatTimeCannotCureIsNotRetried) {
    EXPECT_EQ(delay(ErrorKind::kInvalid, 1, 0), std::nullopt);
    EXPECT_EQ(delay(ErrorKind::kUnsupported, 1, 0), std::nullopt);
}

TEST(RetryTest, BackOffStaysWithinItsGrowingStep) {
    SystemRandom random;
    for (int attempt = 1; attempt < 40; ++attempt) {
        const auto next =
            next_attempt(Error{ErrorKind::kUnavailable, ""}, attempt, 0, kNow, settings(), random);
        ASSERT_TRUE(next.has_value());
        const std::int64_t step =
            attempt > 12 ? 3'600'000 : std::min<std::int64_t>(3'600'000, 2'000LL << (attempt - 1));
        EXPECT_GE(*next - kNow, kMinDelayMs);
        EXPECT_LE(*next - kNow, step);
    }
}

TEST(RetryTest, WhatIsPostponedComesBackWhenTheWayOpensWhateverTheAttempt) {
    SystemRandom random;
    for (const ErrorKind kind : {ErrorKind::kUnavailable, ErrorKind::kRateLimited,
                                 ErrorKind::kInternal, ErrorKind::kAuth}) {
        for (const int attempt : {1, 7, 40}) {
            for (const std::int64_t asked_ms : {0LL, 1LL, 5'000LL, 9'000'000'000'000'000'000LL}) {
                const Error error = postpone(kind, "shut", asked_ms).value();
                const auto next = next_attempt(error, attempt, 0, kNow, settings(), random);
                ASSERT_TRUE(next.has_value());
                const std::int64_t least_ms =
                    std::clamp<std::int64_t>(asked_ms, kMinDelayMs, 3'600'000);
                EXPECT_GE(*next - kNow, least_ms);
                EXPECT_LE(*next - kNow, least_ms + least_ms / 4);
            }
        }
    }
    const Error error = postpone(ErrorKind::kUnavailable, "shut", 1'000).value();
    EXPECT_EQ(next_attempt(error, 1, 86'400'000, kNow, settings(), random), std::nullopt)
        << "a budget ends all the same";
}

TEST(RetryTest, JitterIsFull) {
    EXPECT_EQ(delay(ErrorKind::kUnavailable, 3, 8'000), 8'000);
    EXPECT_EQ(delay(ErrorKind::kUnavailable, 3, 0), kMinDelayMs);
}

TEST(RetryTest, RetryAfterOnlyLengthensAndIsCapped) {
    EXPECT_GE(*delay(ErrorKind::kRateLimited, 1, 0, 30'000), 30'000);
    EXPECT_LE(*delay(ErrorKind::kRateLimited, 1, 0, 999'999'999), 3'600'000 + 2'000);
    EXPECT_EQ(delay(ErrorKind::kRateLimited, 1, 0, -5), kMinDelayMs);
}

TEST(RetryTest, WhatNeedsAPersonComesBackSlowly) {
    EXPECT_GE(*delay(ErrorKind::kAuth, 1, 0), kMinDelayForPersonMs);
    EXPECT_GE(*delay(ErrorKind::kForbidden, 1, 0), kMinDelayForPersonMs);
}

TEST(RetryTest, PendingComesWhenTheVendorSaid) {
    EXPECT_EQ(delay(ErrorKind::kPending, 9, 77, 700), 700);
}

TEST(RetryTest, TheBudgetLastsADayAndThenEnds) {
    FixedRandom random(1'000);
    const Error error{ErrorKind::kUnavailable, ""};
    EXPECT_TRUE(next_attempt(error, 50, 86'399'999, kNow, settings(), random).has_value());
    EXPECT_FALSE(next_attempt(error, 2, 86'400'000, kNow, settings(), random).has_value());
}

}  // namespace
}  // namespace gatehouse::dispatch
