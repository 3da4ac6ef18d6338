// Which rentals an event marked, when it is done, and what its timeline shows.
#include <gmock/gmock.h>

#include "contract/store_contract.hpp"

namespace gatehouse::store {

using dispatch::Completion;
using dispatch::Task;
using dispatch::TaskKind;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using Outcome = dispatch::Completion::Outcome;

namespace {

std::vector<observe::Step> note(UnixMs at_ms, const std::string& text) {
    return {{at_ms, observe::StepKind::kNote, text}};
}

}  // namespace

TEST_P(StoreContract, AnEventThatMarkedNothingIsDoneOnceItIsResolved) {
    const std::int64_t event_id = append_id("e1");
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    clock_.advance_ms(1000);
    done(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDone);
    EXPECT_EQ((*store().event(event_id))->finished_ms, now());
}

TEST_P(StoreContract, AnEventIsDoneOnceEveryRentalThatItMarkedIsSettled) {
    const std::int64_t event_id = resolved_event("e1", {"r1", "r2"});
    EXPECT_THAT((*store().event(event_id))->rentals, ElementsAre("r1", "r2"));
    done(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    clock_.advance_ms(1000);
    done(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDone);
    EXPECT_EQ((*store().event(event_id))->finished_ms, now());
}

TEST_P(StoreContract, AnEventThatNamesItsRentalItselfMarksIt) {
    NewEvent event = new_event("e1");
    event.tasks = {reconcile("r1")};
    const auto appended = append(event);
    ASSERT_TRUE(appended);
    EXPECT_THAT((*store().event(appended->event_id))->rentals, ElementsAre("r1"));
    done(lease_one());
    EXPECT_EQ(state_of(appended->event_id), EventState::kDone);
}

TEST_P(StoreContract, AFollowUpOfAnEventMarksForItWithoutNamingIt) {
    const std::int64_t event_id = append_id("e1");
    done(lease_one(), {reconcile("r1")});
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    EXPECT_THAT((*store().event(event_id))->rentals, ElementsAre("r1"));
}

TEST_P(StoreContract, ARetriedRunSettlesNothing) {
    const std::int64_t event_id = resolved_event("e1", {"r1"});
    Completion retry = completion(lease_one(), Outcome::kRetry);
    retry.retry_due_ms = now();
    ASSERT_TRUE(store().complete(retry));
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    done(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDone);
}

TEST_P(StoreContract, OneLookSettlesEveryEventThatWaitedForIt) {
    const std::int64_t first = resolved_event("e1", {"r1"});
    NewEvent event = new_event("e2");
    event.tasks = {reconcile("r1")};
    const auto second = append(event);
    done(lease_one());
    EXPECT_TRUE(lease(10).empty());
    EXPECT_EQ(state_of(first), EventState::kDone);
    EXPECT_EQ(state_of(second->event_id), EventState::kDone);
}

TEST_P(StoreContract, AMarkMadeDuringALookIsSettledByTheNextLook) {
    const std::int64_t before = resolved_event("e1", {"r1"});
    const Task look = lease_one();
    const std::int64_t during = resolved_event("e2", {"r1"});

    done(look);
    EXPECT_EQ(state_of(before), EventState::kDone);
    EXPECT_EQ(state_of(during), EventState::kOpen);
    done(lease_one());
    EXPECT_EQ(state_of(during), EventState::kDone);
}

TEST_P(StoreContract, AMarkMadeDuringALookThatFailsWaitsWithTheOthers) {
    const std::int64_t before = resolved_event("e1", {"r1"});
    const Task look = lease_one();
    const std::int64_t during = resolved_event("e2", {"r1"});
    dead(look);
    EXPECT_EQ(state_of(before), EventState::kOpen);
    EXPECT_EQ(state_of(during), EventState::kOpen);
    dead(lease_one());
    EXPECT_EQ(state_of(before), EventState::kDead);
    EXPECT_EQ(state_of(during), EventState::kDead);
    EXPECT_EQ(letters().size(), 1u);
}

TEST_P(StoreContract, P5_MarksOutliveARestartInTheMiddleOfALook) {
    const std::int64_t before = resolved_event("e1", {"r1"});
    lease_one();
    const std::int64_t during = resolved_event("e2", {"r1"});
    reopen();
    ASSERT_TRUE(store().reclaim_leases());
    done(lease_one());
    EXPECT_TRUE(lease(10).empty());
    EXPECT_EQ(state_of(before), EventState::kDone);
    EXPECT_EQ(state_of(during), EventState::kDone);
}

TEST_P(StoreContract, AnEventIsDeadWithOneOfItsRentals) {
    const std::int64_t event_id = resolved_event("e1", {"r1", "r2"});
    dead(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDead);
    EXPECT_EQ((*store().event(event_id))->finished_ms, 0);
    done(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDead);

    ASSERT_TRUE(store().replay_dead_letter(letters().at(0).id, now()));
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    done(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDone);
}

TEST_P(StoreContract, ALookForAnotherEventRevivesTheDead) {
    const std::int64_t dying = resolved_event("e1", {"r1"});
    // The letter's task had moved on before it died; a later task counts from the beginning.
    enqueue(reconcile("r1"));
    enqueue(reconcile("r1"));
    dead(lease_one());
    EXPECT_EQ(state_of(dying), EventState::kDead);

    const std::int64_t next = resolved_event("e2", {"r1"});
    done(lease_one());
    EXPECT_EQ(state_of(next), EventState::kDone);
    EXPECT_EQ(state_of(dying), EventState::kDone);
    EXPECT_TRUE(letters().empty());
}

TEST_P(StoreContract, ADeadResolveMakesItsEventDead) {
    const std::int64_t event_id = append_id("e1");
    dead(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDead);
}

TEST_P(StoreContract, AFinishedEventThatIsResolvedAgainIsOpenUntilThen) {
    const std::int64_t event_id = resolved_event("e1", {"r1"});
    done(lease_one());
    ASSERT_EQ(state_of(event_id), EventState::kDone);

    ASSERT_TRUE(store().enqueue({{"acme", TaskKind::kResolve, "", now(), event_id}}));
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    EXPECT_EQ((*store().event(event_id))->finished_ms, 0);
    done(lease_one(), {reconcile("r1", event_id)});
    EXPECT_EQ(state_of(event_id), EventState::kOpen);
    done(lease_one());
    EXPECT_EQ(state_of(event_id), EventState::kDone);
}

TEST_P(StoreContract, TheTimelineHoldsTheEventsAndItsRentalsSteps) {
    const std::int64_t event_id = append_id("e1");
    Completion resolved = completion(lease_one(), Outcome::kDone);
    clock_.advance_ms(10);
    resolved.steps = note(now(), "the job names r1");
    resolved.follow_ups = {reconcile("r1", event_id)};
    ASSERT_TRUE(store().complete(resolved));
    Completion retry = completion(lease_one(), Outcome::kRetry);
    clock_.advance_ms(10);
    retry.retry_due_ms = now();
    retry.steps = note(now(), "timed out");
    ASSERT_TRUE(store().complete(retry));
    Completion granted = completion(lease_one(), Outcome::kDone);
    clock_.advance_ms(10);
    granted.steps = note(now(), "granted");
    ASSERT_TRUE(store().complete(granted));

    const auto steps = store().timeline(event_id);
    ASSERT_TRUE(steps);
    ASSERT_EQ(steps->size(), 4u);
    EXPECT_EQ(steps->at(0).rental_id, "");
    EXPECT_EQ(steps->at(0).step.kind, observe::StepKind::kReceived);
    EXPECT_EQ(steps->at(1).rental_id, "");
    EXPECT_EQ(steps->at(2).rental_id, "r1");
    EXPECT_EQ(steps->at(2).step.text, "timed out");
    EXPECT_EQ(steps->at(3).step.text, "granted");
    EXPECT_EQ(steps->at(3).step.at_ms, now());
    EXPECT_LT(steps->at(2).id, steps->at(3).id);
}

TEST_P(StoreContract, TheTimelineLeavesOutWhatCameBeforeTheMarkAndAfterItsSettling) {
    const auto look = [&](const std::string& text) {
        Completion ended = completion(lease_one(), Outcome::kDone);
        ended.steps = note(now(), text);
        ASSERT_TRUE(store().complete(ended));
        clock_.advance_ms(10);
    };
    enqueue(reconcile("r1"));
    look("before");
    const std::int64_t event_id = resolved_event("e1", {"r1"});
    look("its own");
    enqueue(reconcile("r1"));
    look("after");
    enqueue(reconcile("r2"));
    look("another rental");

    EXPECT_THAT(timeline_texts(event_id), ElementsAre("received e1", "its own"));
}

TEST_P(StoreContract, ARentalsStepsAreTheNewestInOrder) {
    for (int i = 0; i < 5; ++i) {
        enqueue(reconcile("r1"));
        Completion ended = completion(lease_one(), Outcome::kDone);
        ended.steps = note(now(), "look " + std::to_string(i));
        ASSERT_TRUE(store().complete(ended));
    }
    const auto steps = store().rental_steps("acme", "r1", 2);
    ASSERT_TRUE(steps);
    ASSERT_EQ(steps->size(), 2u);
    EXPECT_EQ(steps->at(0).step.text, "look 3");
    EXPECT_EQ(steps->at(1).step.text, "look 4");
    EXPECT_TRUE(store().rental_steps("bravo", "r1", 2)->empty());
}

TEST_P(StoreContract, ARentalsStepsAreBounded) {
    for (int i = 0; i < 30; ++i) {
        enqueue(reconcile("r1"));
        Completion ended = completion(lease_one(), Outcome::kDone);
        for (int step = 0; step < 20; ++step) {
            ended.steps.push_back({now(), observe::StepKind::kNote, std::to_string(i)});
        }
        ASSERT_TRUE(store().complete(ended));
    }
    const auto steps = store().rental_steps("acme", "r1", 1000);
    ASSERT_TRUE(steps);
    EXPECT_LT(steps->size(), 600u);
    EXPECT_EQ(steps->back().step.text, "29");
}

TEST_P(StoreContract, OldStepsOfRentalsAreForgottenToo) {
    enqueue(reconcile("r1"));
    Completion ended = completion(lease_one(), Outcome::kDone);
    ended.steps = note(now(), "old");
    ASSERT_TRUE(store().complete(ended));
    clock_.advance_ms(1000);
    enqueue(reconcile("r1"));
    ended = completion(lease_one(), Outcome::kDone);
    ended.steps = note(now(), "new");
    ASSERT_TRUE(store().complete(ended));

    ASSERT_TRUE(store().forget_events(now(), 10));
    const auto steps = store().rental_steps("acme", "r1", 10);
    ASSERT_EQ(steps->size(), 1u);
    EXPECT_EQ(steps->front().step.text, "new");
}

}  // namespace gatehouse::store
