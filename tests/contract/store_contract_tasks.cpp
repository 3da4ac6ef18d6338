#include <gmock/gmock.h>

#include <map>

#include "contract/store_contract.hpp"

namespace gatehouse::store {

using dispatch::Completion;
using dispatch::Task;
using dispatch::TaskKind;
using Outcome = dispatch::Completion::Outcome;

TEST_P(StoreContract, AResolveTaskComesWithItsEvent) {
    const std::int64_t event_id = append_id("e1");
    const Task task = lease_one();
    EXPECT_EQ(task.business, "acme");
    EXPECT_EQ(task.kind, TaskKind::kResolve);
    EXPECT_EQ(task.key, std::to_string(event_id));
    EXPECT_EQ(task.event_id, event_id);
    EXPECT_EQ(task.event_type, "job.unit_moveIn.completed");
    EXPECT_EQ(task.event_body, "{\"id\":\"e1\"}");
    EXPECT_EQ(task.attempt, 1);
    EXPECT_EQ(task.first_due_ms, kStartMs);
}

TEST_P(StoreContract, LeasesTheEarliestDueFirstAndNothingBeforeItsTime) {
    dispatch::NewTask late = reconcile("late");
    late.due_ms = now() + 5000;
    dispatch::NewTask early = reconcile("early");
    early.due_ms = now() - 5000;
    enqueue(reconcile("present"));
    enqueue(late);
    enqueue(early);

    const auto leased = store().lease({{"acme", 10}}, now(), now() + kLeaseMs);
    ASSERT_TRUE(leased);
    ASSERT_EQ(leased->tasks.size(), 2u);
    EXPECT_EQ(leased->tasks[0].key, "early");
    EXPECT_EQ(leased->tasks[1].key, "present");
    ASSERT_EQ(leased->next_due.size(), 1u);
    EXPECT_EQ(leased->next_due[0].business, "acme");
    EXPECT_EQ(leased->next_due[0].due_ms, now() + 5000);
}

TEST_P(StoreContract, P10_EveryTurnTakesFromItsOwnBusinessAndNoMoreThanItsCount) {
    for (int i = 0; i < 5; ++i) {
        enqueue(reconcile("a" + std::to_string(i), 0, "acme"));
    }
    enqueue(reconcile("b", 0, "bravo"));
    enqueue(reconcile("c", 0, "charlie"));

    const auto leased =
        store().lease({{"acme", 2}, {"bravo", 4}, {"nobody", 1}}, now(), now() + kLeaseMs);
    ASSERT_TRUE(leased);
    std::map<std::string, int> taken;
    for (const Task& task : leased->tasks) {
        ++taken[task.business];
    }
    EXPECT_EQ(taken, (std::map<std::string, int>{{"acme", 2}, {"bravo", 1}}));
    ASSERT_EQ(leased->next_due.size(), 1u);
    EXPECT_EQ(leased->next_due[0].business, "acme");
}

TEST_P(StoreContract, P3_ALeasedTaskIsNotGivenTwice) {
    enqueue(reconcile("r1"));
    const Task task = lease_one();
    EXPECT_TRUE(lease(10).empty());
    enqueue(reconcile("r1"));
    EXPECT_TRUE(lease(10).empty()) << "asked again while it runs: it must wait for the run's end";
    done(task);
    EXPECT_EQ(lease_one().key, "r1");
}

TEST_P(StoreContract, WaitingTasksOfOneKeyAreOne) {
    dispatch::NewTask late = reconcile("r1");
    late.due_ms = now() + 60'000;
    enqueue(late);
    EXPECT_TRUE(lease(10).empty());
    enqueue(reconcile("r1"));
    const Task task = lease_one();
    done(task);
    EXPECT_TRUE(lease(10).empty());
    EXPECT_FALSE(*store().waiting("acme", TaskKind::kReconcile, "r1"));
}

TEST_P(StoreContract, EnqueueingNeverPushesATaskBack) {
    enqueue(reconcile("r1"));
    dispatch::NewTask late = reconcile("r1");
    late.due_ms = now() + 60'000;
    enqueue(late);
    EXPECT_EQ((*store().waiting("acme", TaskKind::kReconcile, "r1"))->due_ms, now());
    lease_one();
}

TEST_P(StoreContract, AFailedRunIsDueAgainWithItsAttemptCounted) {
    enqueue(reconcile("r1"));
    Completion retry = completion(lease_one(), Outcome::kRetry);
    retry.retry_due_ms = now() + 30'000;
    retry.error = Error{ErrorKind::kUnavailable, "timed out"};
    ASSERT_TRUE(store().complete(retry));

    const auto waiting = store().waiting("acme", TaskKind::kReconcile, "r1");
    ASSERT_TRUE(waiting && *waiting);
    EXPECT_EQ((*waiting)->due_ms, now() + 30'000);
    EXPECT_EQ((*waiting)->attempts, 1);
    EXPECT_FALSE((*waiting)->is_leased);
    EXPECT_EQ((*waiting)->last_error, "timed out");
    EXPECT_TRUE(lease(10).empty());

    clock_.advance_ms(30'000);
    const Task second = lease_one();
    EXPECT_EQ(second.attempt, 2);
    EXPECT_EQ(second.first_due_ms, kStartMs);
    EXPECT_TRUE((*store().waiting("acme", TaskKind::kReconcile, "r1"))->is_leased);
}

TEST_P(StoreContract, ARunThatWasNoAttemptIsNotCounted) {
    enqueue(reconcile("r1"));
    for (int run = 1; run <= 5; ++run) {
        const Task task = lease_one();
        EXPECT_EQ(task.attempt, 1);
        EXPECT_EQ(task.last_error, run == 1 ? "" : "shut");
        EXPECT_EQ(task.first_due_ms, kStartMs);
        Completion postponed = completion(task, Outcome::kRetry);
        postponed.retry_due_ms = now() + 1'000;
        postponed.is_attempt = false;
        postponed.error = Error{ErrorKind::kUnavailable, "shut"};
        if (run == 3) enqueue(reconcile("r1"));
        ASSERT_TRUE(store().complete(postponed));
        EXPECT_EQ((*store().waiting("acme", TaskKind::kReconcile, "r1"))->attempts, 0);
        if (run != 3) clock_.advance_ms(1'000);
        if (run == 3) break;
    }
}

TEST_P(StoreContract, APushedBackTaskWaitsLongerAndKeepsItsBeginning) {
    dispatch::NewTask care{"acme", TaskKind::kCare, "doors", now()};
    care.only_if_absent = true;
    care.pushes_back = true;
    enqueue(care);
    for (const std::int64_t by_ms : {5'000, 2'000}) {
        care.due_ms = kStartMs + by_ms;
        enqueue(care);
        EXPECT_EQ((*store().waiting("acme", TaskKind::kCare, "doors"))->due_ms, kStartMs + 5'000);
    }
    clock_.advance_ms(5'000);
    const Task task = lease_one();
    EXPECT_EQ(task.first_due_ms, kStartMs);
    EXPECT_EQ(task.generation, 1);
}

TEST_P(StoreContract, EnqueueingGivesAFreshBudget) {
    enqueue(reconcile("r1"));
    Completion retry = completion(lease_one(), Outcome::kRetry);
    retry.retry_due_ms = now() + 30'000;
    ASSERT_TRUE(store().complete(retry));
    clock_.advance_ms(1000);
    enqueue(reconcile("r1"));
    const Task task = lease_one();
    EXPECT_EQ(task.attempt, 1);
    EXPECT_EQ(task.first_due_ms, now());
}

TEST_P(StoreContract, ARunThatWasAskedForAgainRunsOnceMoreHoweverItEnded) {
    for (const Outcome outcome : {Outcome::kDone, Outcome::kRetry, Outcome::kDead}) {
        enqueue(reconcile("r1"));
        Completion ended = completion(lease_one(), outcome);
        ended.retry_due_ms = now() + 30'000;
        ended.error = Error{ErrorKind::kInvalid, "no e-mail"};
        enqueue(reconcile("r1"));
        ASSERT_TRUE(store().complete(ended));
        EXPECT_TRUE(letters().empty());
        const Task again = lease_one();
        EXPECT_EQ(again.attempt, 1);
        done(again);
        EXPECT_TRUE(lease(10).empty());
    }
}

TEST_P(StoreContract, ARunMayAskForItsOwnKeyAgain) {
    enqueue(reconcile("r1"));
    dispatch::NewTask tomorrow = reconcile("r1");
    tomorrow.due_ms = now() + 86'400'000;
    done(lease_one(), {tomorrow});
    EXPECT_TRUE(lease(10).empty());
    EXPECT_EQ((*store().waiting("acme", TaskKind::kReconcile, "r1"))->due_ms, tomorrow.due_ms);
}

TEST_P(StoreContract, OnlyTheHolderOfALeaseEndsIt) {
    enqueue(reconcile("r1"));
    const Task task = lease_one();
    done(task);
    Completion late = completion(task, Outcome::kDone);
    late.follow_ups = {reconcile("r2")};
    late.steps = {{now(), observe::StepKind::kNote, "never"}};
    const auto refused = store().complete(late);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_TRUE(lease(10).empty());
    EXPECT_TRUE(store().rental_steps("acme", "r1", 10)->empty());
}

TEST_P(StoreContract, P5_LeasesOfAnEarlierProcessAreDueAgainAndTheirAttemptCounts) {
    append_id("e1");
    const Task before = lease_one();
    reopen();
    EXPECT_TRUE(lease(10).empty());
    ASSERT_TRUE(store().reclaim_leases());
    const auto due = store().businesses_due();
    ASSERT_EQ(due->size(), 1u);
    EXPECT_EQ(due->front().business, "acme");
    const Task again = lease_one();
    EXPECT_EQ(again.id, before.id);
    EXPECT_EQ(again.attempt, 2);
}

TEST_P(StoreContract, P5_ARunAndWhatItProducedAreOneCommit) {
    const std::int64_t event_id = append_id("e1");
    Completion ended = completion(lease_one(), Outcome::kDone);
    ended.follow_ups = {reconcile("r1", event_id), {"", TaskKind::kReconcile, "bad", now(), 0}};
    ended.steps = {{now(), observe::StepKind::kRead, "read the job"}};
    const auto refused = store().complete(ended);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
    EXPECT_FALSE(*store().waiting("acme", TaskKind::kReconcile, "r1"));
    EXPECT_TRUE(
        (*store().waiting("acme", TaskKind::kResolve, std::to_string(event_id)))->is_leased);
    EXPECT_EQ(timeline_texts(event_id).size(), 1u);
}

TEST_P(StoreContract, ATaskNeedsABusinessAndAKey) {
    EXPECT_EQ(store().enqueue({{"", TaskKind::kReconcile, "r1", 0, 0}}).error().kind,
              ErrorKind::kInvalid);
    EXPECT_EQ(store().enqueue({{"acme", TaskKind::kReconcile, "", 0, 0}}).error().kind,
              ErrorKind::kInvalid);
    const std::int64_t event_id = append_id("e1");
    done(lease_one());
    EXPECT_EQ(store().enqueue({{"bravo", TaskKind::kResolve, "", now(), event_id}}).error().kind,
              ErrorKind::kNotFound);
    EXPECT_EQ(store().enqueue({reconcile("r1", event_id, "bravo")}).error().kind,
              ErrorKind::kNotFound);
    EXPECT_EQ(store().enqueue({reconcile("r1", event_id + 1)}).error().kind, ErrorKind::kNotFound);
    EXPECT_TRUE(store().enqueue({{"acme", TaskKind::kResolve, "", now(), event_id}}));
    EXPECT_EQ(lease_one().event_id, event_id);
}

TEST_P(StoreContract, BusinessesDueTellsTheEarliestOfEach) {
    dispatch::NewTask late = reconcile("a1");
    late.due_ms = now() + 1000;
    enqueue(late);
    enqueue(reconcile("a2"));
    enqueue(reconcile("b1", 0, "bravo"));
    enqueue(reconcile("c1", 0, "charlie"));
    lease_one("charlie");
    std::map<std::string, UnixMs> due;
    const auto businesses = store().businesses_due();
    ASSERT_TRUE(businesses);
    for (const dispatch::BusinessDue& business : *businesses) {
        due[business.business] = business.due_ms;
    }
    EXPECT_EQ(due, (std::map<std::string, UnixMs>{{"acme", now()}, {"bravo", now()}}));
}

TEST_P(StoreContract, TheListenerHearsOfEveryChangeAfterItsCommit) {
    std::mutex mutex;
    std::map<std::string, UnixMs> heard;
    store().on_due([&](const std::vector<dispatch::BusinessDue>& due) {
        const std::lock_guard lock(mutex);
        for (const dispatch::BusinessDue& business : due) {
            heard[business.business] = business.due_ms;
        }
    });
    const auto take = [&] {
        const std::lock_guard lock(mutex);
        return std::exchange(heard, {});
    };
    using Heard = std::map<std::string, UnixMs>;

    append_id("e1");
    EXPECT_EQ(take(), (Heard{{"acme", now()}}));
    dispatch::NewTask late = reconcile("r1");
    late.due_ms = now() + 1000;
    enqueue(late);
    EXPECT_EQ(take(), (Heard{{"acme", now()}})) << "the earliest, not the newest";

    Completion retry = completion(lease_one(), Outcome::kRetry);
    retry.retry_due_ms = now() + 500;
    take();
    ASSERT_TRUE(store().complete(retry));
    EXPECT_EQ(take(), (Heard{{"acme", now() + 500}}));

    store().on_due(nullptr);
    enqueue(reconcile("b1", 0, "bravo"));
    EXPECT_EQ(take(), Heard());
}

TEST_P(StoreContract, TheQueuesStateIsCounted) {
    EXPECT_FALSE(store().queue_state()->oldest_due_ms);
    dispatch::NewTask old = reconcile("r1");
    old.due_ms = now() - 1000;
    enqueue(old);
    enqueue(reconcile("r2"));
    enqueue(reconcile("r3"));
    EXPECT_EQ(store().queue_state()->oldest_due_ms, now() - 1000);
    dead(lease_one());
    lease_one();
    const auto state = store().queue_state();
    ASSERT_TRUE(state);
    EXPECT_EQ(state->waiting, 1);
    EXPECT_EQ(state->leased, 1);
    EXPECT_EQ(state->dead, 1);
    EXPECT_EQ(state->oldest_due_ms, now());
}

TEST_P(StoreContract, ADeadTaskBecomesALetter) {
    const std::int64_t event_id = append_id("e1");
    clock_.advance_ms(1000);
    dead(lease_one());
    EXPECT_TRUE(lease(10).empty());
    const auto found = letters();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].business, "acme");
    EXPECT_EQ(found[0].kind, TaskKind::kResolve);
    EXPECT_EQ(found[0].key, std::to_string(event_id));
    EXPECT_EQ(found[0].attempts, 1);
    EXPECT_EQ(found[0].died_ms, now());
    EXPECT_EQ(found[0].event_id, event_id);
    EXPECT_EQ(found[0].error.kind, ErrorKind::kInvalid);
    EXPECT_EQ(found[0].error.message, "no e-mail");
}

TEST_P(StoreContract, LettersAreListedByBusinessAndPage) {
    for (const std::string business : {"acme", "bravo", "acme"}) {
        enqueue(reconcile("r" + std::to_string(letters().size()), 0, business));
        dead(lease_one(business));
    }
    const auto all = letters();
    ASSERT_EQ(all.size(), 3u);
    EXPECT_GT(all[0].id, all[1].id);
    EXPECT_EQ(store().dead_letters("acme", 0, 10)->size(), 2u);
    EXPECT_EQ(store().dead_letters("bravo", 0, 10)->size(), 1u);
    EXPECT_EQ(store().dead_letters("nobody", 0, 10)->size(), 0u);
    EXPECT_EQ(store().dead_letters(std::nullopt, all[0].id, 1)->front().id, all[1].id);
}

TEST_P(StoreContract, AReplayedLetterIsAFreshTaskAndTheLetterGoes) {
    const std::int64_t event_id = append_id("e1");
    dead(lease_one());
    clock_.advance_ms(1000);
    ASSERT_TRUE(store().replay_dead_letter(letters().at(0).id, now()));
    EXPECT_TRUE(letters().empty());
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    const Task task = lease_one();
    EXPECT_EQ(task.attempt, 1);
    EXPECT_EQ(task.first_due_ms, now());
    EXPECT_EQ(task.event_body, "{\"id\":\"e1\"}");
    done(task);
    EXPECT_EQ(state_of(event_id), EventState::kDone);
}

TEST_P(StoreContract, ALetterIsReplayedOnce) {
    enqueue(reconcile("r1"));
    dead(lease_one());
    const std::int64_t id = letters().at(0).id;
    ASSERT_TRUE(store().replay_dead_letter(id, now()));
    const auto again = store().replay_dead_letter(id, now());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::kNotFound);
}

TEST_P(StoreContract, ADiscardedLetterGoesAndNothingComesOfIt) {
    const std::int64_t event_id = append_id("e1");
    dead(lease_one());
    const std::int64_t id = letters().at(0).id;
    ASSERT_TRUE(store().discard_dead_letter(id));
    EXPECT_TRUE(letters().empty());
    EXPECT_EQ(store().queue_state()->waiting, 0);
    EXPECT_EQ(state_of(event_id), EventState::kDead) << "what became of the event stays said";
    const auto again = store().discard_dead_letter(id);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::kNotFound);
}

TEST_P(StoreContract, ASecondDeathReplacesTheLetter) {
    enqueue(reconcile("r1"));
    dead(lease_one());
    const std::int64_t first = letters().at(0).id;
    enqueue(reconcile("r1"));
    EXPECT_EQ(letters().size(), 1u) << "until a run succeeds the letter stays";
    dead(lease_one());
    ASSERT_EQ(letters().size(), 1u);
    EXPECT_GT(letters().at(0).id, first);
}

TEST_P(StoreContract, ARunThatSucceedsTakesTheLetterOfItsKeyAway) {
    enqueue(reconcile("r1"));
    enqueue(reconcile("r2"));
    for (const Task& task : lease(2)) {
        dead(task);
    }
    enqueue(reconcile("r1"));
    done(lease_one());
    ASSERT_EQ(letters().size(), 1u);
    EXPECT_EQ(letters().at(0).key, "r2");
    EXPECT_EQ((*store().dead_letter("acme", TaskKind::kReconcile, "r2"))->id, letters().at(0).id);
    EXPECT_FALSE(*store().dead_letter("acme", TaskKind::kReconcile, "r1"));
    EXPECT_FALSE(*store().dead_letter("bravo", TaskKind::kReconcile, "r2"));
}

}  // namespace gatehouse::store
