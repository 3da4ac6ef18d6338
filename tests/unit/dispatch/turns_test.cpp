#include "dispatch/turns.hpp"

#include <gtest/gtest.h>

#include <map>

namespace gatehouse::dispatch {
namespace {

std::map<std::string, int> counts(const std::vector<Turn>& turns) {
    std::map<std::string, int> dealt;
    for (const Turn& turn : turns) {
        dealt[turn.business] += turn.count;
    }
    return dealt;
}

TEST(TurnsTest, NothingDueNothingDealt) {
    Turns turns(4);
    EXPECT_TRUE(turns.deal(8, 100).empty());
    EXPECT_EQ(turns.next_due_ms(), std::nullopt);
    turns.note_due("acme", 200);
    EXPECT_TRUE(turns.deal(8, 100).empty());
    EXPECT_EQ(turns.next_due_ms(), 200);
}

TEST(TurnsTest, P10_ABurstGetsItsShareAndNoMore) {
    Turns turns(4);
    turns.note_due("burst", 1);
    turns.note_due("calm", 50);
    EXPECT_EQ(counts(turns.deal(2, 100)), (std::map<std::string, int>{{"burst", 1}, {"calm", 1}}));
}

TEST(TurnsTest, EveryFourthTurnOfABusinessIsForWhatHasAged) {
    Turns turns(4);
    std::string aged;
    for (int i = 0; i < 12; ++i) {
        turns.note_due("busy", 1);
        for (const Turn& turn : turns.deal(1, 100)) {
            aged += turn.takes_aged ? 'a' : '-';
            turns.note_due("busy", 1);
            turns.task_ended("busy");
        }
    }
    EXPECT_EQ(aged, "---a---a---a");
}

TEST(TurnsTest, FreeWorkersGoRoundUpToTheCap) {
    Turns turns(3);
    turns.note_due("a", 1);
    turns.note_due("b", 1);
    EXPECT_EQ(counts(turns.deal(32, 100)), (std::map<std::string, int>{{"a", 3}, {"b", 3}}));
}

TEST(TurnsTest, P10_AHungBusinessLeavesTheOthersTheirWorkers) {
    Turns turns(4);
    turns.note_due("hung", 1);
    const std::vector<Turn> first = turns.deal(32, 100);
    ASSERT_EQ(counts(first).at("hung"), 4);
    turns.note_due("hung", 1);  // its backlog
    turns.settle_lease(first[0], 4);
    EXPECT_TRUE(turns.deal(28, 100).empty());
    EXPECT_EQ(turns.next_due_ms(), std::nullopt) << "only an ended task can change that";
    turns.note_due("other", 100);
    EXPECT_EQ(counts(turns.deal(28, 100)), (std::map<std::string, int>{{"other", 4}}));
    turns.task_ended("hung");
    EXPECT_EQ(counts(turns.deal(24, 100)), (std::map<std::string, int>{{"hung", 1}}));
}

TEST(TurnsTest, ALeaseThatFindsLessGivesTheWorkersBack) {
    Turns turns(4);
    turns.note_due("a", 1);
    const std::vector<Turn> dealt = turns.deal(4, 100);
    turns.note_due("a", 500);  // what the lease tells: one more, later
    turns.settle_lease(dealt[0], 1);
    EXPECT_EQ(turns.next_due_ms(), 500);
    turns.task_ended("a");
    EXPECT_EQ(counts(turns.deal(9, 600)), (std::map<std::string, int>{{"a", 4}}));
}

TEST(TurnsTest, EarlierNewsPullsADueTimeForward) {
    Turns turns(4);
    turns.note_due("a", 500);
    turns.note_due("a", 900);
    EXPECT_EQ(turns.next_due_ms(), 500);
    turns.note_due("a", 50);
    EXPECT_EQ(turns.next_due_ms(), 50);
    EXPECT_EQ(counts(turns.deal(1, 60)), (std::map<std::string, int>{{"a", 1}}));
}

TEST(TurnsTest, EveryBusinessHasItsTurnBeforeAnyHasASecond) {
    Turns turns(4);
    for (int i = 0; i < 100; ++i) {
        turns.note_due("b" + std::to_string(i), i);
    }
    std::map<std::string, int> dealt;
    for (int round = 0; round < 10; ++round) {
        for (const Turn& turn : turns.deal(10, 1000)) {
            dealt[turn.business] += turn.count;
            turns.note_due(turn.business, 0);  // always more to do
            turns.settle_lease(turn, turn.count);
            turns.task_ended(turn.business);
        }
    }
    EXPECT_EQ(dealt.size(), 100U);
    for (const auto& [business, count] : dealt) {
        EXPECT_EQ(count, 1) << business;
    }
}

}  // namespace
}  // namespace gatehouse::dispatch
