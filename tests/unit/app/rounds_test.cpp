#include "app/rounds.hpp"

#include <gtest/gtest.h>

namespace gatehouse::app {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

class RoundsTest : public testing::Test {
  protected:
    void add(Rounds::When when, Result<std::int64_t> pause_ns, int& made) {
        rounds_.add("not done", when, [&made, pause_ns](std::int64_t now_ns) {
            ++made;
            return pause_ns ? Result<std::int64_t>(now_ns + *pause_ns) : pause_ns;
        });
    }

    Rounds rounds_;
};

TEST_F(RoundsTest, EachIsMadeAtItsOwnTime) {
    int often = 0;
    int seldom = 0;
    add(Rounds::When::kWhenDue, 10 * kSecondNs, often);
    add(Rounds::When::kWhenDue, 100 * kSecondNs, seldom);
    std::int64_t now_ns = 7;
    for (int turn = 0; turn < 21; ++turn) {
        now_ns = rounds_.turn(now_ns);
    }
    EXPECT_EQ(often, 21);
    EXPECT_EQ(seldom, 3);
    EXPECT_EQ(rounds_.turn(now_ns - 1), now_ns) << "called too early it makes none";
    EXPECT_EQ(often, 21);
}

TEST_F(RoundsTest, NewsAreLookedForWheneverSomebodyWakes) {
    int due = 0;
    int woken = 0;
    add(Rounds::When::kWhenDue, 100 * kSecondNs, due);
    add(Rounds::When::kWhenWoken, 100 * kSecondNs, woken);
    for (int turn = 0; turn < 5; ++turn) {
        EXPECT_GT(rounds_.turn(turn), 0);
    }
    EXPECT_EQ(due, 1);
    EXPECT_EQ(woken, 5);
}

// A full disk must neither stop the others nor keep the thread busy.
TEST_F(RoundsTest, OneThatFailsComesBackSoonAndTheOthersGoOn) {
    int failed = 0;
    int good = 0;
    add(Rounds::When::kWhenDue, fail(ErrorKind::kUnavailable, "the disk is full"), failed);
    add(Rounds::When::kWhenDue, 3600 * kSecondNs, good);
    const std::int64_t next_ns = rounds_.turn(0);
    EXPECT_GE(next_ns, kSecondNs);
    EXPECT_LE(next_ns, 60 * kSecondNs);
    rounds_.turn(next_ns);
    EXPECT_EQ(failed, 2);
    EXPECT_EQ(good, 1);
}

TEST_F(RoundsTest, OneThatHasMoreToDoIsMadeAgainAtOnce) {
    int made = 0;
    add(Rounds::When::kWhenDue, 0, made);
    EXPECT_EQ(rounds_.turn(5), 5);
    EXPECT_EQ(rounds_.turn(5), 5);
    EXPECT_EQ(made, 2);
}

}  // namespace
}  // namespace gatehouse::app
