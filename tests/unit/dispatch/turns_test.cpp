#include "dispatch/turns.hpp"

#include <gtest/gtest.h>

#include <list>
#include <map>

namespace gatehouse::dispatch {
namespace {

constexpr Priority kUrgent = Priority::kUrgent;
constexpr Priority kNormal = Priority::kNormal;

std::map<std::string, int> counts(const std::vector<Turn>& turns) {
    std::map<std::string, int> dealt;
    for (const Turn& turn : turns) {
        dealt[turn.business] += turn.count;
    }
    return dealt;
}

using Counts = std::map<std::string, int>;

TurnLimits limits(int places, int per_business) {
    return {places, places * 8, per_business};
}

// Turns with tasks that stay at work until the test ends them.
class Table {
  public:
    explicit Table(const TurnLimits& limits) : turns_(limits) {}

    void due(const std::string& business, Priority priority = kUrgent, UnixMs due_ms = 1) {
        turns_.note_due({business, due_ms, priority});
    }

    // Deals; the tasks of businesses in `endless` are due again at once.
    Counts deal(UnixMs now_ms = 100) {
        const std::vector<Turn> dealt = turns_.deal(now_ms);
        for (const Turn& turn : dealt) {
            for (int i = 0; i < turn.count; ++i) {
                at_work_.push_back(Turns::at_work(turn));
            }
            if (is_endless_) due(turn.business, *turn.priority);
            turns_.settle_lease(turn, turn.count);
        }
        return counts(dealt);
    }

    void be_endless(bool is_endless = true) { is_endless_ = is_endless; }

    // Every task at work becomes slow, but for those of `business`.
    void slow_but(const std::string& business) {
        for (AtWork& task : at_work_) {
            if (task.business != business) turns_.gave_place(task);
        }
    }
    void all_slow() { slow_but({}); }

    void end_all_of(const std::string& business) {
        for (auto task = at_work_.begin(); task != at_work_.end();) {
            const auto next = std::next(task);
            if (task->business == business) {
                turns_.task_ended(*task, Pace::kQuick);
                at_work_.erase(task);
            }
            task = next;
        }
    }

    // One task of it that was done soon.
    void show_quick(const std::string& business) {
        due(business);
        deal();
        end_all_of(business);
    }

    void end_all(Pace pace = Pace::kQuick) {
        for (const AtWork& task : at_work_) {
            turns_.task_ended(task, pace);
        }
        at_work_.clear();
    }

    std::size_t at_work() const { return at_work_.size(); }
    Turns& turns() { return turns_; }

  private:
    Turns turns_;
    std::list<AtWork> at_work_;
    bool is_endless_ = false;
};

TEST(TurnsTest, NothingDueNothingDealt) {
    Turns turns(limits(8, 4));
    EXPECT_TRUE(turns.deal(100).empty());
    EXPECT_EQ(turns.next_due_ms(), std::nullopt);
    turns.note_due({"acme", 200, kUrgent});
    EXPECT_TRUE(turns.deal(100).empty());
    EXPECT_EQ(turns.next_due_ms(), 200);
}

TEST(TurnsTest, P10_ABurstGetsItsShareAndNoMore) {
    Turns turns(limits(2, 4));
    turns.note_due({"burst", 1, kUrgent});
    turns.note_due({"calm", 50, kUrgent});
    EXPECT_EQ(counts(turns.deal(100)), (Counts{{"burst", 1}, {"calm", 1}}));
}

TEST(TurnsTest, FreePlacesGoRoundUpToTheCap) {
    Turns turns(limits(32, 3));
    turns.note_due({"a", 1, kUrgent});
    turns.note_due({"b", 1, kUrgent});
    EXPECT_EQ(counts(turns.deal(100)), (Counts{{"a", 3}, {"b", 3}}));
}

TEST(TurnsTest, P10_AHungBusinessLeavesTheOthersTheirPlaces) {
    Table table(limits(32, 4));
    table.due("hung");
    ASSERT_EQ(table.deal(), (Counts{{"hung", 4}}));
    table.due("hung");  // its backlog
    EXPECT_TRUE(table.deal().empty());
    EXPECT_EQ(table.turns().next_due_ms(), std::nullopt) << "only an ended task can change that";
    table.due("other");
    EXPECT_EQ(table.deal(), (Counts{{"other", 4}}));
    table.end_all();
    EXPECT_EQ(table.deal(), (Counts{{"hung", 4}}));
}

TEST(TurnsTest, ALeaseThatFindsLessGivesThePlacesBack) {
    Turns turns(limits(4, 4));
    turns.note_due({"a", 1, kUrgent});
    const std::vector<Turn> dealt = turns.deal(100);
    turns.note_due({"a", 500, kUrgent});  // what the lease tells: one more, later
    turns.settle_lease(dealt[0], 1);
    EXPECT_EQ(turns.next_due_ms(), 500);
    turns.task_ended(Turns::at_work(dealt[0]), Pace::kQuick);
    EXPECT_EQ(counts(turns.deal(600)), (Counts{{"a", 4}}));
}

TEST(TurnsTest, EarlierNewsPullsADueTimeForward) {
    Turns turns(limits(1, 4));
    turns.note_due({"a", 500, kUrgent});
    turns.note_due({"a", 900, kUrgent});
    EXPECT_EQ(turns.next_due_ms(), 500);
    turns.note_due({"a", 50, kUrgent});
    EXPECT_EQ(turns.next_due_ms(), 50);
    EXPECT_EQ(counts(turns.deal(60)), (Counts{{"a", 1}}));
}

TEST(TurnsTest, EveryBusinessHasItsTurnBeforeAnyHasASecond) {
    for (const Priority priority : {kUrgent, kNormal}) {
        Table table(limits(20, 4));
        table.be_endless();
        for (int i = 0; i < 100; ++i) {
            table.due("b" + std::to_string(i), priority, i);
        }
        Counts dealt;
        const int rounds = priority == kUrgent ? 5 : 10;  // normal ones have half of the places
        for (int round = 0; round < rounds; ++round) {
            for (const auto& [business, count] : table.deal(1000)) {
                dealt[business] += count;
            }
            table.end_all();
        }
        EXPECT_EQ(dealt.size(), 100U);
        for (const auto& [business, count] : dealt) {
            EXPECT_EQ(count, 1) << business;
        }
    }
}

// Cares and sweeps of however many businesses, at whatever they hang.
TEST(TurnsTest, P10_NormalTasksOfManyBusinessesLeavePlacesForAnUrgentOne) {
    for (const int places : {2, 3, 8, 32, 256}) {
        Table table(limits(places, 4));
        table.show_quick("other");
        table.be_endless();
        for (int i = 0; i < 2'000; ++i) {
            table.due("b" + std::to_string(i), kNormal);
        }
        table.deal();
        table.due("calm");
        EXPECT_GE(table.deal()["calm"], 1) << places;
        for (int round = 0; round < 40; ++round) {
            table.deal();
            table.all_slow();
        }
        EXPECT_LE(table.at_work(), static_cast<std::size_t>(places * 4 + 4));
        table.due("other", kUrgent);
        EXPECT_GE(table.deal()["other"], 1) << places;
    }
}

// However many businesses' vendors hang, in whatever order their tasks come.
TEST(TurnsTest, P10_UrgentTasksOfSlowBusinessesLeavePlacesForAQuickOne) {
    for (const int businesses : {8, 40, 100, 2'000}) {
        Table table(limits(32, 4));
        for (int i = 0; i < 10; ++i)
            table.show_quick("quick" + std::to_string(i));
        table.be_endless();
        // They are known to be slow one after the other, as in life.
        for (int i = 0; i < businesses; ++i) {
            if (table.turns().slow() >= 192) break;
            table.due("hung" + std::to_string(i));
            table.deal();
            table.all_slow();
        }
        for (int round = 0; round < 20; ++round) {
            table.deal();
            table.all_slow();
        }
        table.deal();
        table.be_endless(false);
        for (int i = 0; i < 10; ++i) {
            const std::string name = "quick" + std::to_string(i);
            table.due(name);
            EXPECT_GE(table.deal()[name], 1) << businesses;
            table.end_all_of(name);
        }
    }
}

// Looks and cares of however many businesses hang, each business for the first time or again: who
// has shown to be quick goes on, and so do the others once those hang no more.
TEST(TurnsTest, P10_AQuarterIsKeptForWhoIsQuick) {
    for (const int businesses : {64, 300, 2'000}) {
        for (const bool have_cares : {false, true}) {
            Table table(limits(32, 4));
            table.show_quick("quick");
            const auto all_hang = [&] {
                for (int i = 0; i < businesses; ++i) {
                    table.due("hung" + std::to_string(i));
                    if (have_cares) table.due("hung" + std::to_string(i), kNormal);
                }
                for (int round = 0; round < 40; ++round) {
                    table.deal();
                    table.all_slow();
                }
            };
            for (int again = 0; again < 3; ++again) {
                all_hang();
                EXPECT_LE(table.at_work(), 192U);
                for (int i = 0; i < 5; ++i) {
                    table.due("quick");
                    EXPECT_GE(table.deal()["quick"], 1) << businesses;
                    EXPECT_EQ(table.turns().next_due_ms(), std::nullopt) << "nobody spins";
                    table.end_all_of("quick");
                }
                table.end_all(Pace::kSlow);
            }
            for (int round = 0; round < 200; ++round) {
                table.deal();
                table.end_all();
            }
            EXPECT_EQ(table.turns().next_due_ms(), std::nullopt) << "nobody was forgotten";
        }
    }
}

TEST(TurnsTest, WhoIsSlowOrWasTurnedAwayHasNotShownToBeQuick) {
    for (const Pace pace : {Pace::kSlow, Pace::kUntold, Pace::kQuick}) {
        Table table(limits(32, 4));
        table.due("asked");
        table.deal();
        table.end_all(pace);
        for (int i = 0; i < 300; ++i)
            table.due("hung" + std::to_string(i));
        for (int round = 0; round < 40; ++round) {
            table.deal();
            table.all_slow();
        }
        table.due("asked");
        EXPECT_EQ(table.deal().contains("asked"), pace == Pace::kQuick);
    }
}

// It stands aside among those that have not, and then a care of it tells.
TEST(TurnsTest, WhoShowsToBeQuickGoesOnAtOnce) {
    Table table(limits(32, 4));
    table.due("new", kNormal);
    ASSERT_EQ(table.deal()["new"], 4);
    for (int i = 0; i < 300; ++i)
        table.due("hung" + std::to_string(i));
    for (int round = 0; round < 40; ++round) {
        table.deal();
        table.slow_but("new");
    }
    table.due("new");
    EXPECT_TRUE(table.deal().empty());
    table.end_all_of("new");
    EXPECT_GE(table.deal()["new"], 1);
}

TEST(TurnsTest, ABusinessThatIsQuickAgainNeedNotWaitBehindTheSlow) {
    Table table(limits(2, 1));
    std::list<AtWork> own;
    Turns& turns = table.turns();
    turns.note_due({"was_slow", 1, kUrgent});
    own.push_back(Turns::at_work(turns.deal(100).at(0)));
    turns.gave_place(own.back());
    turns.task_ended(own.back(), Pace::kQuick);
    turns.note_due({"was_slow", 1, kUrgent});
    const auto dealt = turns.deal(100);
    ASSERT_EQ(dealt.size(), 1U);
    EXPECT_FALSE(dealt[0].is_of_slow);
}

TEST(TurnsTest, WhatHasAgedGetsOnHoweverManyUrgentTasksThereAre) {
    constexpr UnixMs kNow = 1'000'000;
    // Of the same business and of another one; young ones wait.
    for (const std::string business : {"busy", "other"}) {
        for (const bool is_aged : {true, false}) {
            Table table(limits(1, 4));
            table.be_endless();
            table.due("busy", kUrgent, kNow - 1);
            table.due(business, kNormal, is_aged ? kNow - kAgedMs : kNow - kAgedMs + 1);
            std::string order;
            for (int i = 0; i < 12; ++i) {
                for (const Turn& turn : table.turns().deal(kNow)) {
                    order += turn.priority == kNormal ? 'a' : '-';
                    table.turns().note_due(
                        {turn.business,
                         turn.priority == kNormal && is_aged ? kNow - kAgedMs : kNow - 1,
                         *turn.priority});
                    table.turns().task_ended(Turns::at_work(turn), Pace::kQuick);
                }
            }
            EXPECT_EQ(order, is_aged ? "---a---a---a" : "------------") << business;
        }
    }
}

TEST(TurnsTest, OnlyAPlaceIsMissing) {
    Table table(limits(2, 4));
    table.due("a");
    table.deal();
    table.due("b");
    EXPECT_TRUE(table.deal().empty());
    EXPECT_TRUE(table.turns().is_short_of_places());
    EXPECT_EQ(table.turns().next_due_ms(), std::nullopt);
    table.all_slow();
    EXPECT_FALSE(table.turns().is_short_of_places());
    EXPECT_EQ(table.turns().next_due_ms(), 0);
    EXPECT_EQ(table.deal(), (Counts{{"b", 2}}));
}

}  // namespace
}  // namespace gatehouse::dispatch
