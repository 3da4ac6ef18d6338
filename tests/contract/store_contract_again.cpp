// Urgency, flags, timers and what is asked of a task while it runs.
#include <gmock/gmock.h>

#include "contract/store_contract.hpp"

namespace gatehouse::store {

using dispatch::Completion;
using dispatch::NewTask;
using dispatch::Priority;
using dispatch::Task;
using dispatch::TaskFlags;
using dispatch::TaskKind;
using ::testing::ElementsAre;
using Outcome = dispatch::Completion::Outcome;

namespace {

constexpr UnixMs kDayMs = 86'400'000;

NewTask normal(NewTask task) {
    task.priority = Priority::kNormal;
    return task;
}

NewTask flagged(NewTask task, TaskFlags flags) {
    task.flags = flags;
    return task;
}

NewTask due(NewTask task, UnixMs due_ms) {
    task.due_ms = due_ms;
    return task;
}

std::vector<std::string> keys_of(const std::vector<Task>& tasks) {
    std::vector<std::string> keys;
    keys.reserve(tasks.size());
    for (const Task& task : tasks) {
        keys.push_back(task.key);
    }
    return keys;
}

Completion again(Completion completion, UnixMs again_ms) {
    completion.again_ms = again_ms;
    return completion;
}

}  // namespace

TEST_P(StoreContract, P10_UrgentTasksOfABusinessGoBeforeItsOlderOnes) {
    enqueue(due(normal(reconcile("burst1")), now() - 9000));
    enqueue(due(normal(reconcile("burst2")), now() - 8000));
    enqueue(due(reconcile("move1"), now() - 1000));
    enqueue(reconcile("move2"));
    EXPECT_THAT(keys_of(lease(3)), ElementsAre("move1", "move2", "burst1"));
    EXPECT_THAT(keys_of(lease(3)), ElementsAre("burst2"));
}

TEST_P(StoreContract, P10_ATurnOfOneUrgencyTakesNoOther) {
    enqueue(due(normal(reconcile("older")), now() - 9000));
    enqueue(due(normal(reconcile("oldest")), now() - 9001));
    enqueue(due(reconcile("move1"), now() - 1000));
    enqueue(reconcile("move2"));
    const auto of = [&](dispatch::Priority priority, int count) {
        return keys_of(
            store().lease({{"acme", count, priority}}, now(), now() + kLeaseMs).value().tasks);
    };
    EXPECT_THAT(of(dispatch::Priority::kNormal, 1), ElementsAre("oldest"));
    EXPECT_THAT(of(dispatch::Priority::kUrgent, 3), ElementsAre("move1", "move2"));
    EXPECT_THAT(of(dispatch::Priority::kUrgent, 3), ElementsAre());
    EXPECT_THAT(of(dispatch::Priority::kNormal, 3), ElementsAre("older"));
}

TEST_P(StoreContract, TheNextDueTimeIsToldOfEachUrgency) {
    using Due = std::map<dispatch::Priority, UnixMs>;
    const auto told = [](const std::vector<dispatch::BusinessDue>& entries) {
        Due due;
        for (const dispatch::BusinessDue& entry : entries) {
            due[entry.priority] = entry.due_ms;
        }
        return due;
    };
    enqueue(due(reconcile("move"), now() + 2000));
    enqueue(due(normal(reconcile("burst")), now() + 1000));
    const Due both{{dispatch::Priority::kUrgent, now() + 2000},
                   {dispatch::Priority::kNormal, now() + 1000}};
    EXPECT_EQ(told(store().lease({{"acme", 1}}, now(), now() + kLeaseMs)->next_due), both);
    EXPECT_EQ(told(*store().businesses_due()), both);
    enqueue(due(reconcile("another"), now() + 500));
    const auto leased =
        store().lease({{"acme", 1, dispatch::Priority::kNormal}}, now(), now() + kLeaseMs);
    EXPECT_EQ(told(leased->next_due)[dispatch::Priority::kUrgent], now() + 500);
}

TEST_P(StoreContract, TheMoreUrgentAskStays) {
    enqueue(normal(reconcile("first")));
    enqueue(due(normal(reconcile("r1")), now() + 1));
    enqueue(reconcile("r1"));
    enqueue(normal(reconcile("r1")));
    EXPECT_EQ(lease_one().key, "r1");
}

TEST_P(StoreContract, ARetryStaysAsUrgentAsItsRun) {
    enqueue(reconcile("urgent"));
    Completion retry = completion(lease_one(), Outcome::kRetry);
    retry.retry_due_ms = now();
    ASSERT_TRUE(store().complete(retry));
    enqueue(due(normal(reconcile("old")), now() - 1000));
    EXPECT_EQ(lease_one().key, "urgent");
}

TEST_P(StoreContract, SweptIsKeptWhileAllAskersSaySoAndTheOtherFlagsAddUp) {
    enqueue(flagged(reconcile("r1"), dispatch::kSwept));
    enqueue(flagged(reconcile("r1"), dispatch::kSwept | dispatch::kVerify));
    enqueue(flagged(reconcile("r2"), dispatch::kSwept | dispatch::kVerify));
    enqueue(reconcile("r2"));
    enqueue(flagged(reconcile("r2"), dispatch::kSwept | dispatch::kConfirmed));
    for (const Task& task : lease(2)) {
        const TaskFlags expected = task.key == "r1" ? dispatch::kSwept | dispatch::kVerify
                                                    : dispatch::kVerify | dispatch::kConfirmed;
        EXPECT_EQ(task.flags, expected) << task.key;
    }
}

TEST_P(StoreContract, OfTwoWordsThatExcludeEachOtherTheNewerIsKept) {
    using dispatch::combined;
    constexpr TaskFlags kWords[] = {0,
                                    dispatch::kSaysMovedIn,
                                    dispatch::kSaysOver,
                                    dispatch::kSaysOverdue | dispatch::kSaysLeaving,
                                    dispatch::kSaysPaid | dispatch::kSwept,
                                    dispatch::kSaysStaying | dispatch::kVerify};
    for (const TaskFlags older : kWords) {
        for (const TaskFlags newer : kWords) {
            enqueue(flagged(reconcile("r1"), older));
            enqueue(flagged(reconcile("r1"), newer));
            const Task waiting = lease_one();
            EXPECT_EQ(waiting.flags, combined(older, newer));
            // The same while it runs, and after a run that did not end well.
            enqueue(flagged(reconcile("r1"), older));
            Completion retry = completion(waiting, Outcome::kRetry);
            retry.retry_due_ms = now();
            ASSERT_TRUE(store().complete(retry));
            const Task again = lease_one();
            EXPECT_EQ(again.flags, combined(combined(older, newer), older));
            done(again);
        }
    }
}

TEST_P(StoreContract, FlagsAreOfThoseWhoAskedSinceTheLastRun) {
    enqueue(flagged(reconcile("r1"), dispatch::kSwept | dispatch::kVerify));
    const Task first = lease_one();
    enqueue(flagged(reconcile("r1"), dispatch::kConfirmed));
    done(first);
    const Task second = lease_one();
    EXPECT_EQ(second.flags, dispatch::kConfirmed);
    done(second);
    enqueue(reconcile("r1"));
    EXPECT_EQ(lease_one().flags, 0);
}

TEST_P(StoreContract, ARetryKeepsTheFlagsOfItsRunAndTakesThoseAskedMeanwhile) {
    enqueue(flagged(reconcile("r1"), dispatch::kSwept | dispatch::kVerify));
    Completion retry = completion(lease_one(), Outcome::kRetry);
    retry.retry_due_ms = now();
    ASSERT_TRUE(store().complete(retry));
    const Task second = lease_one();
    EXPECT_EQ(second.flags, dispatch::kSwept | dispatch::kVerify);

    enqueue(flagged(reconcile("r1"), dispatch::kConfirmed));
    retry = completion(second, Outcome::kRetry);
    retry.retry_due_ms = now() + kDayMs;
    ASSERT_TRUE(store().complete(retry));
    EXPECT_EQ(lease_one().flags, dispatch::kVerify | dispatch::kConfirmed);
}

TEST_P(StoreContract, P5_FlagsOutliveAKill) {
    enqueue(flagged(reconcile("r1"), dispatch::kSwept | dispatch::kVerify));
    lease_one();
    reopen();
    ASSERT_TRUE(store().reclaim_leases());
    EXPECT_EQ(lease_one().flags, dispatch::kSwept | dispatch::kVerify);
    enqueue(reconcile("r1"));
    reopen();
    ASSERT_TRUE(store().reclaim_leases());
    EXPECT_EQ(lease_one().flags, dispatch::kVerify) << "an event asked while it ran";
}

// P6: a replay is no event: what a sweep found still counts for the fuse.
TEST_P(StoreContract, P6_AReplayedLetterKeepsItsFlags) {
    enqueue(flagged(reconcile("r1"), dispatch::kSwept));
    dead(lease_one());
    ASSERT_TRUE(store().replay_dead_letter(letters().at(0).id, now()));
    EXPECT_EQ(lease_one().flags, dispatch::kSwept);
}

TEST_P(StoreContract, OnlyIfAbsentLeavesATaskAsItIs) {
    NewTask care{"acme", TaskKind::kCare, "doors", now() + 1000, 0};
    care.only_if_absent = true;
    enqueue(care);
    enqueue(due(care, now()));
    EXPECT_TRUE(lease().empty());
    EXPECT_EQ((*store().waiting("acme", TaskKind::kCare, "doors"))->due_ms, now() + 1000);
    clock_.advance_ms(1000);
    const Task task = lease_one();
    enqueue(due(care, now()));
    done(task);
    EXPECT_TRUE(lease().empty()) << "asked while it ran: left alone as well";
}

TEST_P(StoreContract, ATimerStaysWithAFreshBudgetAndWithoutItsEvent) {
    const std::int64_t event_id = resolved_event("e1", {"r1"});
    Completion retry = completion(lease_one(), Outcome::kRetry);
    retry.retry_due_ms = now();
    retry.error = Error{ErrorKind::kUnavailable, "timed out"};
    ASSERT_TRUE(store().complete(retry));
    ASSERT_TRUE(store().complete(again(completion(lease_one(), Outcome::kDone), now() + kDayMs)));
    EXPECT_EQ(state_of(event_id), EventState::kDone);
    const auto waiting = store().waiting("acme", TaskKind::kReconcile, "r1");
    ASSERT_TRUE(*waiting);
    EXPECT_EQ((*waiting)->due_ms, now() + kDayMs);
    EXPECT_EQ((*waiting)->attempts, 0);
    EXPECT_FALSE((*waiting)->is_leased);
    EXPECT_EQ((*waiting)->last_error, "");
    EXPECT_TRUE(lease().empty());

    clock_.advance_ms(kDayMs);
    const Task task = lease_one();
    EXPECT_EQ(task.attempt, 1);
    EXPECT_EQ(task.first_due_ms, now());
    EXPECT_EQ(task.flags, 0);
}

TEST_P(StoreContract, ATimerIsNotUrgent) {
    enqueue(flagged(reconcile("timer"), dispatch::kVerify));
    ASSERT_TRUE(store().complete(again(completion(lease_one(), Outcome::kDone), now() + 1)));
    clock_.advance_ms(2);
    enqueue(reconcile("move"));
    const std::vector<Task> tasks = lease(2);
    EXPECT_THAT(keys_of(tasks), ElementsAre("move", "timer"));
    EXPECT_EQ(tasks.at(1).flags, 0);
}

// As when a suspended rental's box is ticked: the second step belongs to the event like the first.
TEST_P(StoreContract, ARunThatIsDueAgainAtOnceStaysUrgentAndKeepsItsEventOpen) {
    const std::int64_t event_id = resolved_event("e1", {"r1"});
    enqueue(due(normal(reconcile("burst")), now() - 1000));
    const Task first = lease_one();
    EXPECT_EQ(first.key, "r1");
    ASSERT_TRUE(store().complete(again(completion(first, Outcome::kDone), now())));
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    const Task second = lease_one();
    EXPECT_EQ(second.key, "r1");
    done(second);
    EXPECT_EQ(state_of(event_id), EventState::kDone);
}

TEST_P(StoreContract, ATimerThatIsAskedNowIsDueNow) {
    enqueue(reconcile("r1"));
    ASSERT_TRUE(store().complete(again(completion(lease_one(), Outcome::kDone), now() + kDayMs)));
    const std::int64_t event_id = resolved_event("e1", {"r1"});
    const Task task = lease_one();
    EXPECT_EQ(task.first_due_ms, now());
    ASSERT_TRUE(store().complete(again(completion(task, Outcome::kDone), now() + kDayMs)));
    EXPECT_EQ(state_of(event_id), EventState::kDone);
}

TEST_P(StoreContract, ATimerThatWasAskedWhileItRanIsDueAtTheEarlierOfBoth) {
    for (const auto& [asked_ms, again_ms] :
         {std::pair(now(), now() + 9000), std::pair(now() + 9000, now())}) {
        enqueue(reconcile("r1"));
        const Task task = lease_one();
        enqueue(flagged(due(reconcile("r1"), asked_ms), dispatch::kVerify));
        ASSERT_TRUE(store().complete(again(completion(task, Outcome::kDone), again_ms)));
        const Task next = lease_one();
        EXPECT_EQ(next.flags, dispatch::kVerify);
        done(next);
    }
}

TEST_P(StoreContract, WhatIsAskedForLaterWhileItRunsWaitsUntilThen) {
    enqueue(reconcile("r1"));
    const Task task = lease_one();
    enqueue(due(reconcile("r1"), now() + kDayMs));
    done(task);
    EXPECT_TRUE(lease().empty());
    EXPECT_EQ((*store().waiting("acme", TaskKind::kReconcile, "r1"))->due_ms, now() + kDayMs);
}

TEST_P(StoreContract, TimersOfTheFutureAreNotWaitingWork) {
    enqueue(reconcile("timer"));
    ASSERT_TRUE(store().complete(again(completion(lease_one(), Outcome::kDone), now() + kDayMs)));
    auto state = store().queue_state();
    EXPECT_EQ(state->waiting, 0);
    EXPECT_EQ(state->later, 1);
    EXPECT_FALSE(state->oldest_due_ms);
    enqueue(reconcile("r1"));
    state = store().queue_state();
    EXPECT_EQ(state->waiting, 1);
    EXPECT_EQ(state->oldest_due_ms, now());
    clock_.advance_ms(kDayMs);
    state = store().queue_state();
    EXPECT_EQ(state->waiting, 2);
    EXPECT_EQ(state->later, 0);
}

TEST_P(StoreContract, EveryKindWithAnEventComesWithIt) {
    const std::int64_t event_id = append_id("e1");
    done(lease_one(), {{"acme", TaskKind::kRoute, "route", now(), 0},
                       {"acme", TaskKind::kNotify, "notify", now(), event_id},
                       reconcile("r1", event_id),
                       {"acme", TaskKind::kCare, "doors", now(), 0},
                       {"acme", TaskKind::kAlert, "rental:r1", now(), 0}});
    for (const Task& task : lease(5)) {
        const bool has_event = task.kind != TaskKind::kReconcile && task.kind != TaskKind::kAlert;
        EXPECT_EQ(task.event_id, has_event ? event_id : 0) << task.key;
        EXPECT_EQ(task.event_type, has_event ? "job.unit_moveIn.completed" : "") << task.key;
        EXPECT_EQ(task.event_body, has_event ? "{\"id\":\"e1\"}" : "") << task.key;
    }
}

TEST_P(StoreContract, StepsGoToTheEventOrToTheTasksOwnSubject) {
    const auto run_with_step = [&](const Task& task, const std::string& text) {
        Completion ended = completion(task, Outcome::kDone);
        ended.steps = {{now(), observe::StepKind::kNote, text}};
        ASSERT_TRUE(store().complete(ended));
    };
    const std::int64_t event_id = append_id("e1");
    done(lease_one(), {{"acme", TaskKind::kNotify, "notify", now(), 0}});
    run_with_step(lease_one(), "told");
    EXPECT_THAT(timeline_texts(event_id), ElementsAre("received e1", "told"));

    enqueue({"acme", TaskKind::kSweep, "full", now(), 0});
    run_with_step(lease_one(), "compared");
    const auto steps = store().rental_steps("acme", "sweep:full", 10);
    ASSERT_EQ(steps->size(), 1u);
    EXPECT_EQ(steps->at(0).step.text, "compared");
    EXPECT_TRUE(store().rental_steps("bravo", "sweep:full", 10)->empty());
}

TEST_P(StoreContract, AnEventIsOpenWhileATaskOfItsOwnWaits) {
    const std::int64_t event_id = append_id("e1");
    done(lease_one(),
         {{"acme", TaskKind::kNotify, "a", now(), 0}, {"acme", TaskKind::kNotify, "b", now(), 0}});
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    done(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    ASSERT_TRUE(store().complete(again(completion(lease_one(), Outcome::kDone), now() + kDayMs)));
    EXPECT_EQ(state_of(event_id), EventState::kDone) << "what goes on is the event's no more";
}

TEST_P(StoreContract, AnEventIsDeadWithOneOfItsOwnTasksAndReplayed) {
    const std::int64_t event_id = append_id("e1");
    done(lease_one(), {{"acme", TaskKind::kNotify, "a", now(), 0}});
    dead(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDead);
    ASSERT_TRUE(store().replay_dead_letter(letters().at(0).id, now()));
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    done(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDone);
}

}  // namespace gatehouse::store
