#include "plugins/blame_book.hpp"

#include <gtest/gtest.h>

namespace gatehouse::plugins {
namespace {

using Standing = BlameBook::Standing;

class BlameBookTest : public testing::Test {
  protected:
    ManualClock clock_{1'700'000'000'000};
    BlameBook book_{"rogue", clock_, {"acme/doors", "beta/doors"}};
};

TEST_F(BlameBookTest, TwoDeathsWithinTenMinutesIsolateForADayAfterTheLast) {
    book_.blame("acme/doors", "the first");
    EXPECT_EQ(book_.standing("acme/doors"), Standing::kGood);
    clock_.advance_ms(BlameBook::kWithinMs);
    book_.blame("acme/doors", "the second");
    EXPECT_EQ(book_.standing("acme/doors"), Standing::kIsolated);
    EXPECT_EQ(book_.standing("beta/doors"), Standing::kGood);
    ASSERT_EQ(book_.isolated().size(), 1U);
    EXPECT_EQ(book_.isolated()[0].connection, "acme/doors");
    EXPECT_EQ(book_.isolated()[0].why, "the second");
    EXPECT_EQ(book_.isolated()[0].until_ms, clock_.now_ms() + BlameBook::kIsolatedMs);

    clock_.advance_ms(BlameBook::kIsolatedMs - 1);
    book_.blame("acme/doors", "once more");
    clock_.advance_ms(BlameBook::kIsolatedMs - 1);
    EXPECT_EQ(book_.standing("acme/doors"), Standing::kIsolated);
    clock_.advance_ms(1);
    EXPECT_EQ(book_.standing("acme/doors"), Standing::kGood);
    EXPECT_TRUE(book_.isolated().empty());
}

TEST_F(BlameBookTest, RareDeathsIsolateNobody) {
    for (int i = 0; i < 100; ++i) {
        book_.blame("acme/doors", "now and then");
        EXPECT_EQ(book_.standing("acme/doors"), Standing::kGood) << i;
        clock_.advance_ms(BlameBook::kWithinMs + 1);
    }
}

TEST_F(BlameBookTest, ASuspectIsOneUntilItsTrialsAreOver) {
    {
        const BlameBook::Trial first(book_, "beta/doors");
        const BlameBook::Trial second(book_, "beta/doors");
        EXPECT_EQ(book_.standing("beta/doors"), Standing::kSuspect);
    }
    EXPECT_EQ(book_.standing("beta/doors"), Standing::kGood);
    book_.suspect({"acme/doors", "beta/doors"});
    EXPECT_EQ(book_.standing("beta/doors"), Standing::kSuspect);
    clock_.advance_ms(BlameBook::kSuspectMs);
    EXPECT_EQ(book_.standing("beta/doors"), Standing::kGood);
}

// A runner may say anything of what it was doing.
TEST_F(BlameBookTest, OfStrangersItTakesNoNote) {
    for (int i = 0; i < 3; ++i) {
        book_.blame("no/such", "invented");
        book_.suspect({"no/such", ""});
    }
    EXPECT_EQ(book_.standing("no/such"), Standing::kGood);
    EXPECT_TRUE(book_.isolated().empty());
}

}  // namespace
}  // namespace gatehouse::plugins
