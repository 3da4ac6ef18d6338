// Clocks that were wrong: no work is hidden, hurried to its death or forgotten.
#include <map>

#include "contract/store_products.hpp"

namespace gatehouse::store {
namespace {

using dispatch::Completion;
using dispatch::Task;
using dispatch::TaskKind;
using Outcome = dispatch::Completion::Outcome;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;

}  // namespace

TEST_P(StoreContract, RemembersWhenItLastCommitted) {
    EXPECT_EQ(*store().last_seen_ms(), std::nullopt) << "a new store";
    append_id("e1");
    clock_.advance_ms(30'000);
    append_id("e2");
    reopen();
    EXPECT_EQ(*store().last_seen_ms(), kStartMs) << "to a minute";
    clock_.advance_ms(kHourMs);
    append_id("e3");
    EXPECT_EQ(*store().last_seen_ms(), kStartMs) << "of an earlier process";
    reopen();
    EXPECT_EQ(*store().last_seen_ms(), kStartMs + kHourMs + 30'000);
}

TEST_P(StoreContract, AClockThatWentBackIsSeenUntilItWasTold) {
    append_id("e1");
    clock_.advance_ms(-2 * kHourMs);
    append_id("e2");
    reopen();
    EXPECT_EQ(*store().last_seen_ms(), kStartMs);
    ASSERT_TRUE(store().clock_moved(-2 * kHourMs));
    reopen();
    EXPECT_EQ(*store().last_seen_ms(), now());
}

// Every kind of waiting task, made by a clock that was ahead.
TEST_P(StoreContract, WhatAClockThatWasAheadPutOffComesWhenItWouldHave) {
    for (const std::int64_t ahead_ms : {std::int64_t{60'000}, 2 * kHourMs, kDayMs, 1000 * kDayMs}) {
        const std::string business = "b" + std::to_string(ahead_ms);
        const auto due = [&](const std::string& rental, std::int64_t in_ms) {
            dispatch::NewTask task = reconcile(rental, 0, business);
            task.due_ms += in_ms;
            enqueue(task);
        };
        due("retry", 2000);
        clock_.advance_ms(2000);
        Completion retry = completion(lease_one(business), Outcome::kRetry);
        retry.retry_due_ms = now() + 5000;
        ASSERT_TRUE(store().complete(retry));
        due("poll", 30'000);
        due("periodic", kHourMs);
        due("date", 40 * kDayMs);
        due("now", 0);
        const UnixMs ahead_now = now();

        clock_.advance_ms(-ahead_ms);
        ASSERT_TRUE(store().clock_moved(-ahead_ms));
        const auto waits_ms = [&](const std::string& rental) {
            return (*store().waiting(business, TaskKind::kReconcile, rental))->due_ms - now();
        };
        EXPECT_EQ(waits_ms("retry"), 5000) << ahead_ms;
        EXPECT_EQ(waits_ms("poll"), 30'000) << ahead_ms;
        EXPECT_EQ(waits_ms("periodic"), kHourMs) << ahead_ms;
        EXPECT_EQ(waits_ms("now"), 0) << ahead_ms;
        EXPECT_EQ((*store().waiting(business, TaskKind::kReconcile, "date"))->due_ms,
                  ahead_now + 40 * kDayMs)
            << "a date is right by any clock";
        ASSERT_TRUE(store().clock_moved(ahead_ms));
        clock_.advance_ms(ahead_ms);
    }
}

// Care asks the vendor for what happened since its last good run. A budget begins with the first
// attempt; a reach must not, or a host that was down for hours would never hear of them.
TEST_P(StoreContract, P5_CareReachesBackToWhenItWasDueAndABudgetBeginsWithTheWork) {
    dispatch::NewTask care{"acme", TaskKind::kCare, "doors", now() + 60'000, 0};
    enqueue(care);
    dispatch::NewTask look = reconcile("r1");
    look.due_ms = now() + 60'000;
    enqueue(look);
    const UnixMs due_ms = now() + 60'000;
    reopen();
    clock_.advance_ms(6 * kHourMs);
    const auto begun_ms = [&] {
        std::map<TaskKind, UnixMs> begun;
        for (const Task& task : lease())
            begun[task.kind] = task.first_due_ms;
        return begun;
    };
    const auto first = begun_ms();
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first.at(TaskKind::kCare), due_ms);
    EXPECT_EQ(first.at(TaskKind::kReconcile), now());

    reopen();  // the host ended in the middle of both
    ASSERT_TRUE(store().reclaim_leases());
    clock_.advance_ms(kHourMs);
    const auto again = begun_ms();
    ASSERT_EQ(again.size(), 2U);
    EXPECT_EQ(again.at(TaskKind::kCare), due_ms) << "what was not heard of yet is not passed over";
    EXPECT_EQ(again.at(TaskKind::kReconcile), first.at(TaskKind::kReconcile));

    // A clock that was wrong moves a budget, and leaves what happened where it was.
    reopen();
    ASSERT_TRUE(store().reclaim_leases());
    clock_.advance_ms(-3 * kHourMs);
    ASSERT_TRUE(store().clock_moved(-3 * kHourMs));
    const auto moved = begun_ms();
    ASSERT_EQ(moved.size(), 2U);
    EXPECT_EQ(moved.at(TaskKind::kCare), now() - kDayMs)
        << "what happened while the clock was ahead was never asked for";
    EXPECT_EQ(moved.at(TaskKind::kReconcile), first.at(TaskKind::kReconcile) - 3 * kHourMs);
}

TEST_P(StoreContract, ASmallStepBackLeavesCareWhereItWas) {
    dispatch::NewTask care{"acme", TaskKind::kCare, "doors", now() + 60'000, 0};
    enqueue(care);
    clock_.move_ms(-120'000);
    ASSERT_TRUE(store().clock_moved(-120'000));
    clock_.advance_ms(60'000);
    EXPECT_EQ(lease_one().first_due_ms, now()) << "its overlap covers that";
}

// Only a rental waits for dates; whatever else is put off far waits for a clock that was wrong.
TEST_P(StoreContract, HoweverFarAClockWasAheadOnlyRentalsWaitForDates) {
    constexpr std::int64_t kAheadMs = 1000 * kDayMs;
    for (const TaskKind kind : {TaskKind::kSweep, TaskKind::kCare, TaskKind::kAlert}) {
        dispatch::NewTask task{"acme", kind, "full", now() + 25 * kHourMs, 0};
        enqueue(task);
        clock_.move_ms(-kAheadMs);
        ASSERT_TRUE(store().clock_moved(-kAheadMs));
        EXPECT_EQ((*store().waiting("acme", kind, "full"))->due_ms, now() + 25 * kHourMs)
            << to_string(kind);
        clock_.move_ms(kAheadMs);
        ASSERT_TRUE(store().clock_moved(kAheadMs));
    }
}

// What a run produced before the clock went back is stored after it.
TEST_P(StoreContract, ARunDuringWhichTheClockWentBackPutsNothingOff) {
    for (const auto outcome : {Outcome::kRetry, Outcome::kDone}) {
        const std::string business = "b" + std::to_string(static_cast<int>(outcome));
        clock_.advance_ms(1000);
        enqueue(reconcile("r1", 0, business));
        Completion ended = completion(lease_one(business), outcome);
        ended.began_ns = clock_.steady_ns();
        ended.retry_due_ms = now() + 5000;
        dispatch::NewTask next = reconcile("r2", 0, business);
        dispatch::NewTask date = reconcile("r3", 0, business);
        date.due_ms += 40 * kDayMs;
        if (outcome == Outcome::kDone) {
            ended.again_ms = now() + 5000;
            ended.follow_ups = {next, date};
        }
        clock_.move_ms(-2 * kHourMs);
        ASSERT_TRUE(store().clock_moved(-2 * kHourMs));
        ASSERT_TRUE(store().complete(ended));
        const auto due_ms = [&](const std::string& rental) {
            return (*store().waiting(business, TaskKind::kReconcile, rental))->due_ms;
        };
        EXPECT_EQ(due_ms("r1"), now() + 5000);
        if (outcome != Outcome::kDone) continue;
        EXPECT_EQ(due_ms("r2"), now());
        EXPECT_EQ(due_ms("r3"), date.due_ms) << "a date is right by any clock";
    }
}

TEST_P(StoreContract, ARunThatBeganAfterTheClockWentBackIsTakenAtItsWord) {
    enqueue(reconcile("r1"));
    clock_.move_ms(-2 * kHourMs);
    ASSERT_TRUE(store().clock_moved(-2 * kHourMs));
    clock_.advance_ms(1000);
    Completion ended = completion(lease_one(), Outcome::kRetry);
    ended.began_ns = clock_.steady_ns();
    ended.retry_due_ms = now() + kHourMs;
    ASSERT_TRUE(store().complete(ended));
    EXPECT_EQ((*store().waiting("acme", TaskKind::kReconcile, "r1"))->due_ms, now() + kHourMs);
}

TEST_P(StoreContract, P5_CareThatRanWhileTheClockWentBackReachesBackTheNextTime) {
    enqueue({"acme", TaskKind::kCare, "doors", now(), 0});
    Completion ended = completion(lease_one(), Outcome::kDone);
    ended.began_ns = clock_.steady_ns();
    ended.again_ms = now() + 60'000;
    clock_.move_ms(-3 * kHourMs);
    ASSERT_TRUE(store().clock_moved(-3 * kHourMs));
    ASSERT_TRUE(store().complete(ended));
    const UnixMs told_ms = now();
    clock_.advance_ms(60'000);
    EXPECT_EQ(lease_one().first_due_ms, told_ms - kDayMs);
}

// The lease counts by the time that it is given, which is the one by which tasks are dated: a clock
// that was set since then has used up nothing.
TEST_P(StoreContract, AClockThatWasSetBeforeItWasToldUsesUpNoBudget) {
    enqueue(reconcile("r1"));
    Completion retry = completion(lease_one(), Outcome::kRetry);
    retry.retry_due_ms = now() + 1000;
    ASSERT_TRUE(store().complete(retry));
    clock_.advance_ms(1000);
    const UnixMs dated_ms = now();
    for (const std::int64_t by_ms : {40 * kHourMs, -80 * kHourMs}) {
        clock_.move_ms(by_ms);
        enqueue(reconcile("new" + std::to_string(by_ms), 0, "beta"));
        const auto leased =
            store().lease({{"acme", 1}, {"beta", 1}}, dated_ms, dated_ms + kLeaseMs);
        for (const Task& task : leased->tasks) {
            EXPECT_EQ(task.tried_ms, task.key == "r1" ? 1000 : 0) << task.key << by_ms;
        }
    }
}

TEST_P(StoreContract, WhoIsToldOfDueTasksHearsOfThoseThatComeEarlier) {
    dispatch::NewTask task = reconcile("r1");
    task.due_ms += kHourMs;
    enqueue(task);
    std::vector<dispatch::BusinessDue> heard;
    store().on_due([&](const std::vector<dispatch::BusinessDue>& due) { heard = due; });
    clock_.advance_ms(-2 * kHourMs);
    ASSERT_TRUE(store().clock_moved(-2 * kHourMs));
    store().on_due(nullptr);
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].business, "acme");
    EXPECT_EQ(heard[0].due_ms, now() + kHourMs);
}

TEST_P(StoreContract, ABudgetCountsFromTheFirstAttempt) {
    enqueue(reconcile("r1"));
    clock_.advance_ms(30 * kHourMs);
    EXPECT_EQ(lease_one().first_due_ms, now()) << "however long it waited for its turn";
}

// Downtime, and clocks set forward, are time in which nothing was tried.
TEST_P(StoreContract, ABudgetGrowsByWhatTheClockMoved) {
    for (const std::int64_t by_ms : {kHourMs, 30 * kHourMs, -30 * kHourMs}) {
        const std::string business = "b" + std::to_string(by_ms);
        enqueue(reconcile("r1", 0, business));
        Completion retry = completion(lease_one(business), Outcome::kRetry);
        const UnixMs first_ms = now();
        retry.retry_due_ms = now() + 1000;
        ASSERT_TRUE(store().complete(retry));
        clock_.advance_ms(by_ms);
        ASSERT_TRUE(store().clock_moved(by_ms));
        clock_.advance_ms(1000);
        const Task second = lease_one(business);
        EXPECT_EQ(second.attempt, 2);
        EXPECT_EQ(second.first_due_ms, first_ms + by_ms);
    }
}

TEST_P(StoreContract, MoreTasksThanOnePieceAreMovedToTheLast) {
    constexpr int kTasks = 1203;
    std::vector<dispatch::NewTask> tasks;
    for (int i = 0; i < kTasks; ++i) {
        tasks.push_back(reconcile("r" + std::to_string(i)));
        tasks.back().due_ms += kHourMs;
    }
    ASSERT_TRUE(store().enqueue(tasks));
    clock_.advance_ms(-kHourMs);
    ASSERT_TRUE(store().clock_moved(-kHourMs));
    clock_.advance_ms(kHourMs);
    EXPECT_EQ(store().queue_state()->waiting, kTasks);
}

// What may be forgotten is counted by a time that no wrong clock can push far.
TEST_P(StoreContract, RetentionFollowsTheClockOnlyAsFarAsItMay) {
    append_id("e1");
    EXPECT_EQ(*store().advance_retention(0), kStartMs);
    clock_.advance_ms(400 * kDayMs);
    EXPECT_EQ(*store().advance_retention(2 * kHourMs), kStartMs + 2 * kHourMs);
    reopen();
    EXPECT_EQ(*store().advance_retention(0), kStartMs + 2 * kHourMs);
    EXPECT_EQ(*store().advance_retention(-5), kStartMs + 2 * kHourMs);
    clock_.advance_ms(-400 * kDayMs);
    EXPECT_EQ(*store().advance_retention(kHourMs), kStartMs + kHourMs) << "and so back with it";
    EXPECT_EQ(*store().advance_retention(kHourMs), kStartMs);
    clock_.advance_ms(1000);
    EXPECT_EQ(*store().advance_retention(kHourMs), kStartMs + 1000);
}

// A machine without a battery starts in 1970 until it hears the time.
TEST_P(StoreContract, AClockThatFellToTheBeginningOfTimeKeepsNothingForYears) {
    append_id("e1");
    clock_.move_ms(-kStartMs);
    EXPECT_EQ(*store().advance_retention(kHourMs), kStartMs - kHourMs);
    clock_.move_ms(kStartMs);
    EXPECT_EQ(*store().advance_retention(kHourMs), kStartMs);
}

// What a clock wrote that was a year ahead goes when it would have gone, not a year later.
TEST_P(StoreContract, WhatAClockThatWasAheadWroteIsForgottenInItsTime) {
    append_id("before");
    constexpr std::int64_t kAheadMs = 365 * kDayMs;
    clock_.move_ms(kAheadMs);
    ASSERT_TRUE(store().clock_moved(kAheadMs));
    append_id("ahead");
    for (const Task& task : lease())
        done(task);
    enqueue(reconcile("r1"));
    Completion ended = completion(lease_one(), Outcome::kDone);
    access::RentalRecord record;
    record.business = "acme";
    record.rental_id = "r1";
    record.desired_json = R"({"schema":1,"state":"ended"})";
    record.updated_ms = now();
    record.swept_end_ms = now();
    ended.rental = std::make_shared<const access::RentalRecord>(record);
    ASSERT_TRUE(store().complete(ended));
    enqueue(reconcile("r2"));
    dead(lease_one());
    clock_.move_ms(-kAheadMs);
    ASSERT_TRUE(store().clock_moved(-kAheadMs));
    EXPECT_EQ((*store().rental("acme", "r1"))->updated_ms, now());
    EXPECT_EQ((*store().rental("acme", "r1"))->swept_end_ms, now());
    clock_.advance_ms(2 * kDayMs);
    EXPECT_EQ(*store().forget_events(now(), 10), 2);
    EXPECT_EQ(*store().forget_rentals(now(), 10), 1);
    EXPECT_EQ(*store().forget_dead_letters(now(), 10), 1);
    EXPECT_EQ(*store().forget_ids(now(), 10), 2);
}

TEST_P(StoreContract, AClockThatFellFarBackMakesNothingOld) {
    append_id("e1");
    done(lease_one());
    ASSERT_EQ(*store().advance_retention(0), kStartMs);
    clock_.move_ms(-kStartMs);
    ASSERT_TRUE(store().clock_moved(-kStartMs));
    clock_.move_ms(kStartMs);
    ASSERT_TRUE(store().clock_moved(kStartMs));
    EXPECT_EQ(*store().forget_events(kStartMs - kDayMs, 10), 0);
    EXPECT_TRUE(append(new_event("e1"))->is_duplicate);
}

}  // namespace gatehouse::store
