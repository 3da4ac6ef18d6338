#include "base/lone_numbers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LoneNumbersTest, P8_FindsWhatCouldBeAPin) {
    EXPECT_THAT(lone_numbers("pin=4711, 120364;0815", 9), ElementsAre("4711", "120364", "0815"));
    EXPECT_THAT(lone_numbers("4711", 9), ElementsAre("4711"));
    EXPECT_THAT(lone_numbers("4711 and 4711-4712", 9), ElementsAre("4711", "4712"));
    EXPECT_THAT(lone_numbers("2026-12 2026-1-01 2026", 9), ElementsAre("2026"));
    EXPECT_THAT(lone_numbers("1111 2222 3333", 2), ElementsAre("1111", "2222"));
}

TEST(LoneNumbersTest, LeavesIdsDatesAndSmallNumbers) {
    EXPECT_THAT(lone_numbers("", 9), IsEmpty());
    EXPECT_THAT(lone_numbers("at most 100 of 5bf41234567890c0ffee1234, x4711, 4711x", 9),
                IsEmpty());
    EXPECT_THAT(lone_numbers("since 2026-12-01T08:30:00Z", 9), IsEmpty());
}

TEST(LoneNumbersTest, P8_TakesThemOut) {
    EXPECT_EQ(without_lone_numbers("pin=4711, 120364;0815"), "pin=***, ***;***");
    EXPECT_EQ(without_lone_numbers("4711"), "***");
    EXPECT_EQ(without_lone_numbers("unit 12 of 2026-12-01"), "unit 12 of 2026-12-01");
    EXPECT_EQ(without_lone_numbers(""), "");
}

}  // namespace
}  // namespace gatehouse
