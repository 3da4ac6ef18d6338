#include <gmock/gmock.h>

#include <algorithm>

#include "contract/store_contract.hpp"

namespace gatehouse::store {

using ::testing::ElementsAre;

TEST_P(StoreContract, P1_AnAppendedEventIsThereAfterAReopen) {
    const std::int64_t id = append_id("e1");
    reopen();
    const auto event = store().event(id);
    ASSERT_TRUE(event && *event);
    EXPECT_EQ((*event)->business, "acme");
    EXPECT_EQ((*event)->source, "storeganise");
    EXPECT_EQ((*event)->sender_id, "e1");
    EXPECT_EQ((*event)->type, "job.unit_moveIn.completed");
    EXPECT_EQ((*event)->body, "{\"id\":\"e1\"}");
    EXPECT_EQ((*event)->verified_by, "first");
    EXPECT_EQ((*event)->received_ms, kStartMs);
    EXPECT_EQ((*event)->finished_ms, 0);
    EXPECT_EQ((*event)->copies, 1);
    EXPECT_EQ((*event)->state, EventState::kOpen);
    EXPECT_EQ(lease(10).size(), 1u);
}

TEST_P(StoreContract, BodiesKeepEveryByte) {
    NewEvent event = new_event("e1");
    event.body = std::string("\0\xff{\"\n", 5) + std::string(300'000, 'x');
    const auto appended = append(event);
    ASSERT_TRUE(appended);
    EXPECT_EQ((*store().event(appended->event_id))->body, event.body);
    EXPECT_EQ(lease_one().event_body, event.body);
}

TEST_P(StoreContract, P2_ASecondCopyIsADuplicateOfTheFirst) {
    const std::int64_t id = append_id("e1");
    const auto copy = append(new_event("e1"));
    ASSERT_TRUE(copy);
    EXPECT_TRUE(copy->is_duplicate);
    EXPECT_EQ(copy->event_id, id);
    EXPECT_EQ((*store().event(id))->copies, 2);
    EXPECT_EQ(timeline_texts(id), std::vector<std::string>{"received e1"});
    EXPECT_EQ(lease(10).size(), 1u);
}

TEST_P(StoreContract, P2_ACopyIsKnownAfterAReopenAndAfterItsWorkIsDone) {
    const std::int64_t id = append_id("e1");
    done(lease_one());
    reopen();
    const auto copy = append(new_event("e1"));
    ASSERT_TRUE(copy);
    EXPECT_TRUE(copy->is_duplicate);
    EXPECT_EQ(copy->event_id, id);
    EXPECT_EQ(lease(10).size(), 0u);
}

TEST_P(StoreContract, P2_TheSameIdOfAnotherBusinessOrSourceIsAnotherEvent) {
    NewEvent other_business = new_event("e1");
    other_business.business = "bravo";
    NewEvent other_source = new_event("e1");
    other_source.source = "doors";
    const std::int64_t id = append_id("e1");
    for (const NewEvent& event : {other_business, other_source}) {
        const auto appended = append(event);
        ASSERT_TRUE(appended);
        EXPECT_FALSE(appended->is_duplicate);
        EXPECT_NE(appended->event_id, id);
    }
}

TEST_P(StoreContract, AnEventIsFoundByItsSendersId) {
    const std::int64_t id = append_id("e1");
    EXPECT_EQ((*store().event_by_sender_id("acme", "storeganise", "e1"))->id, id);
    EXPECT_FALSE(*store().event_by_sender_id("acme", "storeganise", "e2"));
    EXPECT_FALSE(*store().event_by_sender_id("nobody", "storeganise", "e1"));
    EXPECT_FALSE(*store().event(id + 1));
}

TEST_P(StoreContract, AnEventWithoutIdentityIsRefused) {
    for (std::string NewEvent::*field :
         {&NewEvent::business, &NewEvent::source, &NewEvent::sender_id}) {
        NewEvent event = new_event("e1");
        event.*field = "";
        const auto appended = append(event);
        ASSERT_FALSE(appended);
        EXPECT_EQ(appended.error().kind, ErrorKind::kInvalid);
    }
    EXPECT_TRUE(store().events({})->empty());
}

TEST_P(StoreContract, EventsAreListedFromTheNewest) {
    std::vector<std::int64_t> ids(5);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        ids[i] = append_id("e" + std::to_string(i));
    }
    EventFilter filter;
    filter.limit = 2;
    const auto first_page = store().events(filter);
    ASSERT_TRUE(first_page);
    ASSERT_EQ(first_page->size(), 2u);
    EXPECT_EQ(first_page->at(0).id, ids[4]);
    EXPECT_EQ(first_page->at(1).id, ids[3]);
    EXPECT_EQ(first_page->at(0).body, "");
    filter.before_id = ids[3];
    EXPECT_EQ(store().events(filter)->at(0).id, ids[2]);
}

TEST_P(StoreContract, EventsAreFilteredByBusinessAndState) {
    NewEvent ignored = new_event("e1");
    ignored.state = EventState::kIgnored;
    ignored.tasks.clear();
    ASSERT_TRUE(append(ignored));
    append_id("e2");
    NewEvent other = new_event("e3");
    other.business = "bravo";
    ASSERT_TRUE(append(other));

    const auto senders = [&](std::optional<std::string> business, std::optional<EventState> state) {
        std::vector<std::string> ids;
        const auto events = store().events({std::move(business), state, 0, 50});
        EXPECT_TRUE(events);
        for (const Event& event : *events) {
            ids.push_back(event.sender_id);
        }
        return ids;
    };
    EXPECT_THAT(senders(std::nullopt, std::nullopt), ElementsAre("e3", "e2", "e1"));
    EXPECT_THAT(senders("acme", std::nullopt), ElementsAre("e2", "e1"));
    EXPECT_THAT(senders("acme", EventState::kOpen), ElementsAre("e2"));
    EXPECT_THAT(senders(std::nullopt, EventState::kOpen), ElementsAre("e3", "e2"));
    EXPECT_THAT(senders(std::nullopt, EventState::kIgnored), ElementsAre("e1"));
    EXPECT_THAT(senders("nobody", std::nullopt), ElementsAre());
}

TEST_P(StoreContract, P12_AnEventThatAsksForNothingIsFinishedAsItComes) {
    for (const EventState state : {EventState::kIgnored, EventState::kInvalid}) {
        NewEvent event = new_event(std::string(to_string(state)));
        event.state = state;
        event.tasks.clear();
        const auto appended = append(event);
        ASSERT_TRUE(appended);
        const auto stored = store().event(appended->event_id);
        EXPECT_EQ((*stored)->state, state);
        EXPECT_EQ((*stored)->finished_ms, kStartMs);
    }
    EXPECT_TRUE(lease(10).empty());
}

TEST_P(StoreContract, TheLastUseOfEverySecretIsKnownToTheMinute) {
    append_id("e1");
    clock_.advance_ms(600'000);
    NewEvent later = new_event("e2");
    later.verified_by = "second";
    ASSERT_TRUE(append(later));
    clock_.advance_ms(60'000);
    append_id("e3");

    const auto uses = store().secret_uses("acme");
    ASSERT_TRUE(uses);
    ASSERT_EQ(uses->size(), 2u);
    const auto to_minute = [](UnixMs at_ms) { return at_ms - at_ms % 60'000; };
    EXPECT_EQ(uses->at(0).source, "storeganise");
    EXPECT_EQ(uses->at(0).label, "first");
    EXPECT_EQ(uses->at(0).last_used_ms, to_minute(now()));
    EXPECT_EQ(uses->at(1).label, "second");
    EXPECT_EQ(uses->at(1).last_used_ms, to_minute(now() - 60'000));
    EXPECT_TRUE(store().secret_uses("bravo")->empty());
}

TEST_P(StoreContract, ForgetsFinishedEventsOfThatAgeAndNoOthers) {
    const std::int64_t open = append_id("open");
    const std::int64_t dying = append_id("dying");
    std::vector<std::int64_t> finished(3);
    for (std::size_t i = 0; i < finished.size(); ++i) {
        finished[i] = append_id("old" + std::to_string(i));
    }
    for (const dispatch::Task& task : lease(10)) {
        if (task.event_id == dying) dead(task);
        if (std::find(finished.begin(), finished.end(), task.event_id) != finished.end()) {
            done(task);
        }
    }
    clock_.advance_ms(1000);
    const std::int64_t young = append_id("young");
    done(lease_one());

    EXPECT_EQ(store().forget_events(now(), 2).value(), 2);
    EXPECT_EQ(store().forget_events(now(), 2).value(), 1);
    EXPECT_EQ(store().forget_events(now(), 2).value(), 0);
    for (const std::int64_t id : finished) {
        EXPECT_FALSE(*store().event(id));
        EXPECT_TRUE(store().timeline(id)->empty());
    }
    EXPECT_TRUE(*store().event(open));
    EXPECT_TRUE(*store().event(dying));
    EXPECT_TRUE(*store().event(young));
    EXPECT_FALSE(timeline_texts(young).empty());
}

TEST_P(StoreContract, ForgetsAsManyEventsAsItIsTold) {
    for (int i = 0; i < 120; ++i) {
        append_id("e" + std::to_string(i));
    }
    for (const dispatch::Task& task : lease(120)) {
        done(task);
    }
    EXPECT_EQ(store().forget_events(now() + 1, 110).value(), 110);
    EXPECT_EQ(store().events({})->size(), 10u);
}

TEST_P(StoreContract, AnIdIsNeverGivenTwice) {
    const std::int64_t first = append_id("e1");
    done(lease_one());
    ASSERT_EQ(store().forget_events(now() + 1, 10).value(), 1);
    reopen();
    EXPECT_GT(append_id("e2"), first);
}

TEST_P(StoreContract, ClosingAnswersWhatIsQueuedAndThenRefuses) {
    std::vector<std::future<Result<Appended>>> answers;
    for (int i = 0; i < 100; ++i) {
        auto answer = std::make_shared<std::promise<Result<Appended>>>();
        answers.push_back(answer->get_future());
        store().append(new_event("e" + std::to_string(i)), [answer](Result<Appended> appended) {
            answer->set_value(std::move(appended));
        });
    }
    store().close();
    for (auto& answer : answers) {
        EXPECT_TRUE(answer.get());
    }
    const auto refused = append(new_event("late"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(store().enqueue({reconcile("r1")}).error().kind, ErrorKind::kUnavailable);
    store().close();
}

TEST_P(StoreContract, AnOpenStoreIsWritable) {
    EXPECT_TRUE(store().check_writable());
    store().close();
    EXPECT_FALSE(store().check_writable());
}

TEST_P(StoreContract, RentalRecordsAreKeptAndListed) {
    access::RentalRecord record;
    record.business = "acme";
    record.connection = "doors";
    record.site_id = "s1";
    record.unit_id = "u1";
    record.unit_name = "A12";
    record.renter_id = "p1";
    record.desired_json = "{\"schema\":1}";
    record.grant_json = "{\"schema\":1,\"references\":{}}";
    record.fields_json = "{\"kisi_status\":\"active\"}";
    record.updated_ms = now();
    for (const std::string id : {"r3", "r1", "r2"}) {
        record.rental_id = id;
        enqueue(reconcile(id));
        auto ended = completion(lease_one(), dispatch::Completion::Outcome::kDone);
        ended.rental = std::make_shared<const access::RentalRecord>(record);
        ASSERT_TRUE(store().complete(ended));
    }
    reopen();
    const auto stored = store().rental("acme", "r2");
    ASSERT_TRUE(stored && *stored);
    EXPECT_EQ((*stored)->business, "acme");
    EXPECT_EQ((*stored)->rental_id, "r2");
    EXPECT_EQ((*stored)->connection, "doors");
    EXPECT_EQ((*stored)->site_id, "s1");
    EXPECT_EQ((*stored)->unit_id, "u1");
    EXPECT_EQ((*stored)->unit_name, "A12");
    EXPECT_EQ((*stored)->renter_id, "p1");
    EXPECT_EQ((*stored)->desired_json, record.desired_json);
    EXPECT_EQ((*stored)->grant_json, record.grant_json);
    EXPECT_EQ((*stored)->fields_json, record.fields_json);
    EXPECT_EQ((*stored)->updated_ms, record.updated_ms);

    EXPECT_FALSE(*store().rental("bravo", "r2"));
    EXPECT_FALSE(*store().rental("acme", "r9"));
    EXPECT_EQ(store().rentals("acme", "", 2)->size(), 2u);
    const auto rest = store().rentals("acme", "r2", 10);
    ASSERT_EQ(rest->size(), 1u);
    EXPECT_EQ(rest->front().rental_id, "r3");
}

TEST_P(StoreContract, ARentalRecordReplacesTheEarlierOne) {
    access::RentalRecord record;
    record.business = "acme";
    record.rental_id = "r1";
    for (const std::string grant : {"{\"state\":\"active\"}", ""}) {
        record.grant_json = grant;
        enqueue(reconcile("r1"));
        auto ended = completion(lease_one(), dispatch::Completion::Outcome::kDone);
        ended.rental = std::make_shared<const access::RentalRecord>(record);
        ASSERT_TRUE(store().complete(ended));
        EXPECT_EQ((*store().rental("acme", "r1"))->grant_json, grant);
    }
    EXPECT_EQ(store().rentals("acme", "", 10)->size(), 1u);
}

}  // namespace gatehouse::store
