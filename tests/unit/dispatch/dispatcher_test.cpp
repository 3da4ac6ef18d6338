// The dispatcher over the real store.
#include "dispatch/dispatcher.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <set>

#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::dispatch {
namespace {

using namespace std::chrono_literals;

// Only to end a test that has failed anyway.
constexpr auto kPatience = 30s;
constexpr int kGraceMs = 30'000;

// Calls a function for each task, and lets the test wait for what it has seen.
class Recorder final : public TaskHandler {
  public:
    using Work = std::function<Outcome(const Task&)>;

    explicit Recorder(Work work) : work_(std::move(work)) {}

    Outcome run(const Task& task, observe::StepLog&) override {
        {
            const std::lock_guard lock(mutex_);
            EXPECT_TRUE(running_.insert(task.business + "/" + task.key).second)
                << "two at once on " << task.key;
            most_at_once_ = std::max(most_at_once_, running_.size());
            ++begun_;
            news_.notify_all();
        }
        Outcome outcome = work_(task);
        const std::lock_guard lock(mutex_);
        running_.erase(task.business + "/" + task.key);
        seen_.push_back(task);
        news_.notify_all();
        return outcome;
    }

    bool wait_for_runs(std::size_t count) {
        std::unique_lock lock(mutex_);
        return news_.wait_for(lock, kPatience, [&] { return seen_.size() >= count; });
    }

    bool wait_for_begun(std::size_t count) {
        std::unique_lock lock(mutex_);
        return news_.wait_for(lock, kPatience, [&] { return begun_ >= count; });
    }

    std::vector<Task> seen() {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

    std::size_t most_at_once() {
        const std::lock_guard lock(mutex_);
        return most_at_once_;
    }

  private:
    Work work_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::set<std::string> running_;
    std::size_t most_at_once_ = 0;
    std::size_t begun_ = 0;
    std::vector<Task> seen_;
};

// The time of day can be set, as a person or a time server does it; steady time goes on.
class SetClock final : public Clock {
  public:
    UnixMs now_ms() const override { return clock_.now_ms() + set_by_ms_; }
    std::int64_t steady_ns() const override { return is_still_ ? still_ns_ : clock_.steady_ns(); }
    void move_ms(std::int64_t by_ms) { set_by_ms_ += by_ms; }
    // Nothing takes any time until it goes on, however busy the machine is.
    void stand_still() { is_still_ = true; }
    void go_on() { is_still_ = false; }

  private:
    SystemClock clock_;
    std::atomic<std::int64_t> set_by_ms_ = 0;
    const std::int64_t still_ns_ = clock_.steady_ns();
    std::atomic<bool> is_still_ = false;
};

constexpr std::int64_t kHourMs = 3'600'000;

Outcome good(const Task&) {
    return {{}, {}, nullptr};
}

class DispatcherTest : public testing::Test {
  protected:
    DispatcherTest() {
        settings_.workers = 8;
        settings_.workers_per_business = 4;
        settings_.first_retry_ms = 200;
        settings_.max_retry_ms = 200;
        reopen();
    }

    void reopen() {
        store_.reset();
        store_ = store::open_sqlite_store({.path = dir_ / "test.db"}, clock_, metrics_).value();
    }

    std::unique_ptr<Dispatcher> start(TaskHandler& handler) {
        auto dispatcher = std::make_unique<Dispatcher>(
            *store_, Dispatcher::Handlers{{TaskKind::kReconcile, &handler}}, settings_, clock_,
            random_, metrics_);
        EXPECT_TRUE(dispatcher->start().has_value());
        return dispatcher;
    }

    void enqueue(const std::string& business, const std::string& key) {
        ASSERT_TRUE(store_->enqueue({NewTask{business, TaskKind::kReconcile, key, clock_.now_ms()}})
                        .has_value());
    }

    test::TempDir dir_;
    SetClock clock_;
    SystemRandom random_;
    observe::Metrics metrics_;
    config::Dispatch settings_;
    std::unique_ptr<store::Store> store_;
};

TEST_F(DispatcherTest, RunsWhatIsEnqueuedBeforeAndAfterItStarts) {
    Recorder recorder(good);
    enqueue("acme", "early");
    const auto dispatcher = start(recorder);
    enqueue("acme", "late");
    ASSERT_TRUE(recorder.wait_for_runs(2));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    EXPECT_EQ(store_->queue_state()->waiting, 0);
    EXPECT_EQ(store_->queue_state()->leased, 0);
}

TEST_F(DispatcherTest, P9_TheWorkOfAHeldBusinessStaysAsItIsUntilItIsHeldNoMore) {
    Recorder recorder(good);
    enqueue("held", "before");
    {
        Dispatcher dispatcher(*store_, {{TaskKind::kReconcile, &recorder}}, settings_, clock_,
                              random_, metrics_, nullptr, {"held"});
        ASSERT_TRUE(dispatcher.start());
        enqueue("held", "after");
        enqueue("acme", "r1");
        enqueue("beta", "r2");
        ASSERT_TRUE(recorder.wait_for_runs(2));
        ASSERT_TRUE(dispatcher.stop(kGraceMs));
    }
    for (const Task& task : recorder.seen())
        EXPECT_NE(task.business, "held");
    EXPECT_EQ(store_->queue_state()->waiting, 2);
    EXPECT_EQ(store_->waiting("held", TaskKind::kReconcile, "before").value()->attempts, 0);
    const auto dispatcher = start(recorder);
    ASSERT_TRUE(recorder.wait_for_runs(4));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    EXPECT_EQ(store_->queue_state()->waiting, 0);
}

TEST_F(DispatcherTest, AFailureIsRetriedAndCounted) {
    std::atomic<int> runs = 0;
    Recorder recorder([&](const Task&) {
        return Outcome{++runs < 3 ? fail(ErrorKind::kUnavailable, "down") : Result<void>{}, {}, {}};
    });
    const auto dispatcher = start(recorder);
    enqueue("acme", "r1");
    ASSERT_TRUE(recorder.wait_for_runs(3));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    EXPECT_EQ(recorder.seen()[2].attempt, 3);
    EXPECT_EQ(recorder.seen()[2].first_due_ms, recorder.seen()[0].first_due_ms);
}

// Ways stay shut for long: the line says so once, what was changed meanwhile is always told.
TEST_F(DispatcherTest, APostponedTaskUsesUpNoAttemptAndSaysSoOnce) {
    class Postponer final : public TaskHandler {
      public:
        Outcome run(const Task& task, observe::StepLog& steps) override {
            EXPECT_EQ(task.attempt, 1);
            steps.add(observe::StepKind::kAsked, "GET vendor/users -> 200");
            steps.add(observe::StepKind::kAsked, "POST vendor/users -> 201");
            Outcome outcome;
            if (++runs_ <= 4) {
                outcome.status = postpone(ErrorKind::kUnavailable, "shut", 1);
            } else {
                done.set_value();
            }
            return outcome;
        }

        std::promise<void> done;

      private:
        int runs_ = 0;  // of one task: never two at once
    } handler;
    const auto dispatcher = start(handler);
    enqueue("acme", "r1");
    ASSERT_TRUE(handler.done.get_future().wait_for(kPatience) == std::future_status::ready);
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    const auto count = [&](std::string_view text) {
        const auto steps = store_->rental_steps("acme", "r1", 100);
        return std::ranges::count_if(*steps, [&](const store::TimelineStep& line) {
            return line.step.text.starts_with(text);
        });
    };
    EXPECT_EQ(count("GET"), 2);
    EXPECT_EQ(count("POST"), 5);
    EXPECT_EQ(count("unavailable: shut"), 1);
}

TEST_F(DispatcherTest, AnOutcomeThatTheStoreRefusesDoesNotKeepItsTaskLeased) {
    std::atomic<int> runs = 0;
    Recorder recorder([&](const Task&) {
        Outcome outcome;
        const bool is_first = ++runs == 1;
        if (is_first) outcome.follow_ups = {NewTask{"acme", TaskKind::kReconcile, ""}};
        return outcome;
    });
    const auto dispatcher = start(recorder);
    enqueue("acme", "r1");
    ASSERT_TRUE(recorder.wait_for_runs(2));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    EXPECT_EQ(recorder.seen()[1].key, "r1");
    EXPECT_EQ(store_->queue_state()->leased, 0);
}

TEST_F(DispatcherTest, WhatTimeCannotCureBecomesADeadLetter) {
    Recorder recorder([](const Task&) {
        return Outcome{fail(ErrorKind::kInvalid, "no e-mail"), {}, {}};
    });
    const auto dispatcher = start(recorder);
    enqueue("acme", "r1");
    ASSERT_TRUE(recorder.wait_for_runs(1));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    const auto letters = store_->dead_letters("acme", 0, 10).value();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].error.message, "no e-mail");
}

TEST_F(DispatcherTest, P3_ARentalIsLookedAtByOneAndAgainForNewsMeanwhile) {
    std::promise<void> entered;
    std::promise<void> proceed;
    std::atomic<int> runs = 0;
    Recorder recorder([&](const Task& task) {
        if (++runs == 1) {
            entered.set_value();
            proceed.get_future().wait();
        }
        return good(task);
    });
    const auto dispatcher = start(recorder);
    enqueue("acme", "r1");
    entered.get_future().wait();
    for (int i = 0; i < 5; ++i) {
        enqueue("acme", "r1");
    }
    EXPECT_EQ(runs, 1);
    proceed.set_value();
    ASSERT_TRUE(recorder.wait_for_runs(2));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    EXPECT_EQ(runs, 2) << "five enqueueings while one look ran make one more look";
}

TEST_F(DispatcherTest, P10_AHungBusinessDelaysNoOther) {
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    Recorder recorder([&](const Task& task) {
        if (task.business == "hung") {
            released.wait();
        }
        return good(task);
    });
    for (int i = 0; i < 50; ++i) {
        enqueue("hung", "r" + std::to_string(i));
    }
    const auto dispatcher = start(recorder);
    for (int i = 0; i < 20; ++i) {
        enqueue("calm", "r" + std::to_string(i));
    }
    EXPECT_TRUE(recorder.wait_for_runs(20)) << "all of the calm business while the other hangs";
    EXPECT_LE(recorder.most_at_once(), 64U);
    release.set_value();
    EXPECT_TRUE(recorder.wait_for_runs(70));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
}

// Whatever hangs, and however many it is: a business that is not known to be slow has a place.
TEST_F(DispatcherTest, P10_HoweverManyBusinessesHangAnotherOneGoesOn) {
    for (const Priority priority : {Priority::kUrgent, Priority::kNormal}) {
        reopen();
        std::promise<void> released;
        const std::shared_future<void> release = released.get_future().share();
        std::promise<void> quick_ran;
        Recorder recorder([&](const Task& task) {
            if (task.business.starts_with("hung")) {
                release.wait();
            } else {
                quick_ran.set_value();
            }
            return good(task);
        });
        const auto dispatcher = start(recorder);
        std::vector<NewTask> tasks;
        for (int i = 0; i < 12; ++i) {
            for (const char* key : {"r1", "r2", "r3", "r4", "r5"}) {
                tasks.push_back({"hung" + std::to_string(i), TaskKind::kReconcile, key,
                                 clock_.now_ms(), 0, priority});
            }
        }
        ASSERT_TRUE(store_->enqueue(tasks).has_value());
        enqueue("quick", "r1");
        EXPECT_EQ(quick_ran.get_future().wait_for(kPatience), std::future_status::ready);
        released.set_value();
        EXPECT_TRUE(recorder.wait_for_runs(tasks.size() + 1));
        EXPECT_TRUE(dispatcher->stop(kGraceMs));
        EXPECT_LE(recorder.most_at_once(), 64U) << "eight for each place";
    }
}

// So many that they could hold all that may be at work, each with one task.
TEST_F(DispatcherTest, P10_WhoWasQuickGoesOnHoweverManyHangForTheFirstTime) {
    std::promise<void> released;
    const std::shared_future<void> release = released.get_future().share();
    std::promise<void> quick_ran;
    clock_.stand_still();
    Recorder recorder([&](const Task& task) {
        if (task.business != "quick") release.wait();
        if (task.key == "again") quick_ran.set_value();
        return good(task);
    });
    const auto dispatcher = start(recorder);
    enqueue("quick", "r1");
    ASSERT_TRUE(recorder.wait_for_runs(1));
    enqueue("quick", "r2");
    ASSERT_TRUE(recorder.wait_for_runs(2));
    clock_.go_on();
    std::vector<NewTask> tasks;
    tasks.reserve(100);
    for (int i = 0; i < 100; ++i) {
        tasks.push_back({"hung" + std::to_string(i), TaskKind::kReconcile, "r1", clock_.now_ms(), 0,
                         Priority::kUrgent});
    }
    ASSERT_TRUE(store_->enqueue(tasks).has_value());
    EXPECT_TRUE(recorder.wait_for_begun(2 + 48));
    enqueue("quick", "again");
    EXPECT_EQ(quick_ran.get_future().wait_for(kPatience), std::future_status::ready);
    released.set_value();
    EXPECT_TRUE(recorder.wait_for_runs(tasks.size() + 3));
    EXPECT_TRUE(dispatcher->stop(kGraceMs));
}

TEST_F(DispatcherTest, AThrowingHandlerEndsNoWorker) {
    Recorder recorder([&](const Task& task) -> Outcome {
        if (task.key == "bad") throw std::runtime_error("a defect");
        return good(task);
    });
    settings_.workers = 1;
    const auto dispatcher = start(recorder);
    enqueue("acme", "bad");
    enqueue("acme", "fine");
    ASSERT_TRUE(recorder.wait_for_runs(1));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    EXPECT_EQ(store_->dead_letters(std::nullopt, 0, 10)->size(), 1U);
}

TEST_F(DispatcherTest, P5_WhatWasLeasedWhenTheProcessEndedIsTakenUpAgain) {
    enqueue("acme", "r1");
    const UnixMs now_ms = clock_.now_ms();
    ASSERT_EQ(store_->lease({Turn{"acme", 1}}, now_ms, now_ms + 3'600'000)->tasks.size(), 1U);
    reopen();  // as after a crash: the lease was never ended
    Recorder recorder(good);
    const auto dispatcher = start(recorder);
    ASSERT_TRUE(recorder.wait_for_runs(1));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    EXPECT_EQ(recorder.seen()[0].attempt, 2) << "the run that never ended counts as an attempt";
}

// Each of these waits for hours where a due time is taken as it was written.
TEST_F(DispatcherTest, WorkOfAClockThatWasAheadRunsOnceItIsPutRight) {
    for (const std::int64_t ahead_ms : {2 * kHourMs, 20 * kHourMs, 10'000 * kHourMs}) {
        clock_.move_ms(ahead_ms);
        const std::string key = "r" + std::to_string(ahead_ms);
        std::promise<void> failed;
        std::atomic<int> runs = 0;
        Recorder recorder([&](const Task&) {
            if (++runs > 1) return Outcome{};
            failed.set_value();
            return Outcome{fail(ErrorKind::kUnavailable, "503"), {}, {}};
        });
        const auto dispatcher = start(recorder);
        enqueue("acme", key);
        failed.get_future().wait();
        clock_.move_ms(-ahead_ms);
        EXPECT_TRUE(recorder.wait_for_runs(2)) << ahead_ms;
        ASSERT_TRUE(dispatcher->stop(kGraceMs));
    }
}

TEST_F(DispatcherTest, WorkOfAClockThatWasAheadRunsAfterARestartWithTheRightOne) {
    clock_.move_ms(2 * kHourMs);
    enqueue("acme", "r1");
    clock_.move_ms(-2 * kHourMs);
    reopen();
    Recorder recorder(good);
    const auto dispatcher = start(recorder);
    EXPECT_TRUE(recorder.wait_for_runs(1));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
}

// One failure before and one after is no day of trying, be it a clock that was set or a host that
// was down.
TEST_F(DispatcherTest, TimeInWhichNothingWasTriedKillsNoWork) {
    settings_.first_retry_ms = 3'600'000;
    settings_.max_retry_ms = 3'600'000;
    for (const bool is_down : {false, true}) {
        const std::string key = is_down ? "down" : "set";
        Recorder recorder([&](const Task& task) {
            if (task.key != key) return Outcome{};
            return Outcome{fail(ErrorKind::kUnavailable, "503", 3'600'000), {}, {}};
        });
        auto dispatcher = start(recorder);
        enqueue("acme", key);
        const auto is_stored = [&] {
            const auto waiting = store_->waiting("acme", TaskKind::kReconcile, key);
            return waiting && *waiting && !(*waiting)->last_error.empty();
        };
        while (!is_stored()) {
            std::this_thread::yield();
        }
        if (is_down) {
            ASSERT_TRUE(dispatcher->stop(kGraceMs));
            dispatcher.reset();
        }
        clock_.move_ms(40 * kHourMs);
        if (is_down) {
            reopen();
            dispatcher = start(recorder);
        }
        enqueue("acme", key + " wakes the scheduler");
        EXPECT_TRUE(recorder.wait_for_runs(3)) << key;
        ASSERT_TRUE(dispatcher->stop(kGraceMs));
        EXPECT_EQ(store_->queue_state()->dead, 0) << key;
    }
}

// Between a step of the clock and the scheduler's next look at it lies a whole run.
TEST_F(DispatcherTest, AClockThatIsSetDuringARunKillsNoWork) {
    for (const std::int64_t by_ms : {40 * kHourMs, -40 * kHourMs, 10'000 * kHourMs}) {
        const std::string key = "r" + std::to_string(by_ms);
        std::atomic<int> runs = 0;
        Recorder recorder([&](const Task&) {
            if (++runs > 3) return Outcome{};
            clock_.move_ms(runs == 2 ? by_ms : 0);
            return Outcome{fail(ErrorKind::kUnavailable, "503"), {}, {}};
        });
        const auto dispatcher = start(recorder);
        enqueue("acme", key);
        EXPECT_TRUE(recorder.wait_for_runs(4)) << by_ms;
        ASSERT_TRUE(dispatcher->stop(kGraceMs));
        EXPECT_EQ(store_->queue_state()->dead, 0) << by_ms;
    }
}

TEST_F(DispatcherTest, FollowUpsRunNext) {
    Recorder recorder([&](const Task& task) {
        Outcome outcome = good(task);
        if (task.key == "first") {
            outcome.follow_ups.push_back(
                NewTask{task.business, TaskKind::kReconcile, "second", clock_.now_ms()});
        }
        return outcome;
    });
    const auto dispatcher = start(recorder);
    enqueue("acme", "first");
    ASSERT_TRUE(recorder.wait_for_runs(2));
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
    EXPECT_EQ(recorder.seen()[1].key, "second");
}

TEST_F(DispatcherTest, AnIdleDispatcherUsesNoCpu) {
    Recorder recorder(good);
    const auto dispatcher = start(recorder);
    enqueue("acme", "r1");
    ASSERT_TRUE(recorder.wait_for_runs(1));
    const std::clock_t before = std::clock();
    std::promise<void> never;
    never.get_future().wait_for(500ms);  // the idleness itself is what is measured
    EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 50);
    ASSERT_TRUE(dispatcher->stop(kGraceMs));
}

}  // namespace
}  // namespace gatehouse::dispatch
