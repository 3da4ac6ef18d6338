#include "egress/retry_after.hpp"

#include <gtest/gtest.h>

namespace gatehouse::egress {
namespace {

constexpr UnixMs kNow = 1'700'000'000'000;  // Tue, 14 Nov 2023 22:13:20 GMT

TEST(RetryAfterTest, ReadsSecondsAndDates) {
    EXPECT_EQ(retry_after_ms("3", kNow, 60'000), 3'000);
    EXPECT_EQ(retry_after_ms("0", kNow, 60'000), 0);
    EXPECT_EQ(retry_after_ms("Tue, 14 Nov 2023 22:13:25 GMT", kNow, 60'000), 5'000);
}

TEST(RetryAfterTest, StaysWithinBounds) {
    EXPECT_EQ(retry_after_ms("99999999", kNow, 60'000), 60'000);
    EXPECT_EQ(retry_after_ms("99999999999999999999999999", kNow, 60'000), 60'000);
    EXPECT_EQ(retry_after_ms("-5", kNow, 60'000), 0);
    EXPECT_EQ(retry_after_ms("Fri, 14 Nov 2099 22:13:25 GMT", kNow, 60'000), 60'000);
    EXPECT_EQ(retry_after_ms("Tue, 14 Nov 2000 22:13:25 GMT", kNow, 60'000), 0);
}

// Years that no calendar has, found by fuzzing: none may overflow on its way to milliseconds.
TEST(RetryAfterTest, DatesBeyondAnyCalendarAreTheLongestDelay) {
    for (const char* date :
         {"Tue,1466666332; Nov23 22:13:25 GMT", "Tue, 14 Nov 292278995 22:13:25 GMT",
          "Tue, 14 Nov 2147483647 22:13:25 GMT", "Tue, 14 Nov 9999 22:13:25 GMT",
          "9999999 14 Nov 22:13:25 -1200", "9223372036854775807", "18446744073709551616"}) {
        const auto delay_ms = retry_after_ms(date, kNow, 60'000);
        EXPECT_EQ(delay_ms.value_or(60'000), 60'000) << date;
        EXPECT_LE(retry_after_ms(date, kNow, INT64_MAX - kNow - 1'000).value_or(0),
                  INT64_MAX - kNow - 1'000);
    }
}

TEST(RetryAfterTest, IgnoresRubbish) {
    EXPECT_EQ(retry_after_ms("", kNow, 60'000), std::nullopt);
    EXPECT_EQ(retry_after_ms("soon", kNow, 60'000), std::nullopt);
    EXPECT_EQ(retry_after_ms(std::string(100, '1'), kNow, 60'000), std::nullopt);
}

}  // namespace
}  // namespace gatehouse::egress
