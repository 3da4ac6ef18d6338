#include <gtest/gtest.h>

#include "dispatch/look.hpp"

namespace gatehouse::dispatch {
namespace {

TEST(LookDoubtTest, PausesGrowAndEnd) {
    std::vector<std::int64_t> pauses;
    std::int64_t at_ms = 0;
    int attempt = 1;
    while (const auto pause_ms = doubt_ms(attempt++, at_ms)) {
        pauses.push_back(*pause_ms);
        at_ms += *pause_ms;
    }
    EXPECT_EQ(pauses, (std::vector<std::int64_t>{2'000, 5'000, 15'000, 60'000}));
}

TEST(LookDoubtTest, WhatIsReadLongAfterTheEventIsBelieved) {
    EXPECT_EQ(doubt_ms(1, 82'000), std::nullopt);
    EXPECT_EQ(doubt_ms(1, 3'600'000), std::nullopt);
    EXPECT_EQ(doubt_ms(1, 81'999), 1);
}

TEST(LookDoubtTest, NoClockKeepsFactsInDoubt) {
    EXPECT_EQ(doubt_ms(1, -1), std::nullopt) << "it was set back";
    int attempt = 1;
    while (doubt_ms(attempt, 0))  // it stands still
        ASSERT_LT(++attempt, 100);
}

TEST(CombinedFlagsTest, OfTwoWordsThatExcludeEachOtherTheNewerStays) {
    EXPECT_EQ(combined(kSaysOverdue, kSaysPaid), kSaysPaid);
    EXPECT_EQ(combined(kSaysPaid, kSaysOverdue), kSaysOverdue);
    EXPECT_EQ(combined(kSaysMovedIn | kSaysPaid, kSaysOver), kSaysOver | kSaysPaid);
    EXPECT_EQ(combined(kSaysLeaving, kSaysStaying | kVerify), kSaysStaying | kVerify);
    EXPECT_EQ(combined(kSaysOverdue, 0), kSaysOverdue);
    EXPECT_EQ(combined(kSwept, kSaysPaid), kSaysPaid);
    EXPECT_EQ(combined(kSwept, kSwept | kVerify), kSwept | kVerify);
}

}  // namespace
}  // namespace gatehouse::dispatch
