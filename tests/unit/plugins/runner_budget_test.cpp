#include "plugins/runner_budget.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace gatehouse::plugins {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Ends as soon as it is asked to, as a lane without calls does.
class Rester final : public RestingLane {
  public:
    explicit Rester(RunnerBudget& budget) : budget_(budget) {}

    void end_if_idle() override {
        ++asked;
        if (!is_stubborn) budget_.give_back(*this);
    }

    std::atomic<int> asked = 0;
    bool is_stubborn = false;

  private:
    RunnerBudget& budget_;
};

SteadyClock::time_point now() {
    return SteadyClock::now();
}

SteadyClock::time_point in_a_minute() {
    return now() + std::chrono::minutes(1);
}

TEST(RunnerBudgetTest, TheLaneThatIsIdleForLongestMakesWay) {
    RunnerBudget budget(3);
    Rester first(budget);
    Rester second(budget);
    Rester third(budget);
    for (int i = 0; i < 3; ++i)
        ASSERT_TRUE(budget.take(now()));
    budget.note_idle(second);
    budget.note_idle(first);
    budget.note_idle(third);
    budget.note_busy(third);
    EXPECT_TRUE(budget.take(in_a_minute()));
    EXPECT_EQ(second.asked, 1);
    EXPECT_EQ(first.asked, 0);
    EXPECT_TRUE(budget.take(in_a_minute()));
    EXPECT_EQ(first.asked, 1);
    EXPECT_FALSE(budget.take(now()));
    EXPECT_EQ(third.asked, 0);
}

// One that was asked has a call again: it will not end, so another is asked.
TEST(RunnerBudgetTest, WhoIsCalledMeanwhileStays) {
    RunnerBudget budget(2);
    Rester busy(budget);
    Rester idle(budget);
    ASSERT_TRUE(budget.take(now()));
    ASSERT_TRUE(budget.take(now()));
    busy.is_stubborn = true;
    budget.note_idle(busy);
    std::thread taker([&] { EXPECT_TRUE(budget.take(in_a_minute())); });
    while (busy.asked == 0)
        std::this_thread::yield();
    budget.note_busy(busy);
    budget.note_idle(idle);
    taker.join();
    EXPECT_EQ(idle.asked, 1);
    EXPECT_EQ(busy.asked, 1);
}

TEST(RunnerBudgetTest, ManyTakersNeverHaveMoreThanThereIs) {
    constexpr int kPlaces = 3;
    RunnerBudget budget(kPlaces);
    Rester lane(budget);
    std::atomic<int> held = 0;
    std::atomic<int> most = 0;
    std::vector<std::thread> takers;
    takers.reserve(8);
    for (int i = 0; i < 8; ++i) {
        takers.emplace_back([&] {
            for (int n = 0; n < 200; ++n) {
                ASSERT_TRUE(budget.take(in_a_minute()));
                int seen = ++held;
                for (int before = most;
                     seen > before && !most.compare_exchange_weak(before, seen);) {
                }
                --held;
                budget.give_back(lane);
            }
        });
    }
    for (std::thread& taker : takers)
        taker.join();
    EXPECT_LE(most, kPlaces);
    EXPECT_EQ(held, 0);
}

}  // namespace
}  // namespace gatehouse::plugins
