// What is forgotten, what stays known of it, and what is never kept.
#include "contract/store_products.hpp"

namespace gatehouse::store {
namespace {

using dispatch::Completion;
using dispatch::Task;
using dispatch::TaskKind;
using Outcome = dispatch::Completion::Outcome;

access::RentalRecord ended(const std::string& rental_id, UnixMs at_ms) {
    access::RentalRecord record;
    record.business = "acme";
    record.rental_id = rental_id;
    record.desired_json = R"({"schema":1,"state":"ended"})";
    record.updated_ms = at_ms;
    record.targets = {"lock:" + rental_id};
    return record;
}

}  // namespace

TEST_P(StoreContract, P2_AnEventThatComesAgainAfterItWasForgottenIsKnown) {
    const std::int64_t id = append_id("e1");
    done(lease_one());
    ASSERT_EQ(store().forget_events(now() + 1, 10).value(), 1);
    for (int round = 0; round < 2; ++round) {
        const auto again = append(new_event("e1"));
        ASSERT_TRUE(again);
        EXPECT_TRUE(again->is_duplicate);
        EXPECT_EQ(again->event_id, id);
        EXPECT_TRUE(lease(10).empty()) << "nobody works on it";
        EXPECT_TRUE(store().events({})->empty());
        reopen();
    }
    NewEvent other = new_event("e1");
    other.source = "doors";
    other.tasks.clear();
    EXPECT_FALSE(append(std::move(other))->is_duplicate) << "another source's id";
    other = new_event("e1");
    other.business = "bravo";
    other.tasks.clear();
    EXPECT_FALSE(append(std::move(other))->is_duplicate) << "another business's id";
}

TEST_P(StoreContract, IdsAreForgottenByTheAgeOfTheirEvents) {
    append_id("old");
    clock_.advance_ms(1000);
    append_id("young");
    for (const Task& task : lease(10)) {
        done(task);
    }
    ASSERT_EQ(store().forget_events(now() + 1, 10).value(), 2);
    EXPECT_EQ(store().forget_ids(now(), 10).value(), 1);
    EXPECT_EQ(store().forget_ids(now(), 10).value(), 0);
    EXPECT_FALSE(append(new_event("old"))->is_duplicate);
    EXPECT_TRUE(append(new_event("young"))->is_duplicate);
}

TEST_P(StoreContract, ForgetsAsManyIdsAsItIsTold) {
    constexpr int kEvents = 620;
    for (int i = 0; i < kEvents; ++i) {
        NewEvent event = new_event("e" + std::to_string(i));
        event.state = EventState::kIgnored;
        event.tasks.clear();
        ASSERT_TRUE(append(std::move(event)));
    }
    ASSERT_EQ(store().forget_events(now() + 1, kEvents).value(), kEvents);
    EXPECT_EQ(store().forget_ids(now() + 1, 610).value(), 610);
    EXPECT_EQ(store().forget_ids(now() + 1, 610).value(), 10);
}

// What nobody works on fills the disk of everybody.
TEST_P(StoreContract, P10_LargeBodiesThatNobodyWorksOnAreNotKept) {
    struct Case {
        EventState state;
        std::size_t bytes;
        std::size_t kept;
    };
    int number = 0;
    for (const Case& one :
         {Case{EventState::kIgnored, 4096, 4096}, Case{EventState::kIgnored, 4097, 0},
          Case{EventState::kIgnored, 1 << 20, 0}, Case{EventState::kInvalid, 4096, 4096},
          Case{EventState::kInvalid, 1 << 20, 4096}, Case{EventState::kOpen, 1 << 20, 1 << 20}}) {
        NewEvent event = new_event("e" + std::to_string(++number));
        event.state = one.state;
        event.body = std::string(one.bytes, 'x');
        const std::int64_t id = append(std::move(event))->event_id;
        EXPECT_EQ((*store().event(id))->body.size(), one.kept) << number;
        const std::string told = timeline_texts(id).back();
        EXPECT_EQ(told.find("of its body of " + std::to_string(one.bytes)) == 0,
                  one.kept != one.bytes)
            << told;
    }
}

TEST_P(StoreProducts, EndedRentalsAreForgottenWithAllThatBelongsToThem) {
    put(ended("r1", now()));
    enqueue(reconcile("r1"));
    Completion looked = completion(lease_one(), Outcome::kDone);
    looked.steps = {{now(), observe::StepKind::kNote, "looked"}};
    ASSERT_TRUE(store().complete(looked));
    ASSERT_FALSE(store().rental_steps("acme", "r1", 10)->empty());
    EXPECT_EQ(store().forget_rentals(now(), 10).value(), 0) << "not older than that";
    EXPECT_EQ(store().forget_rentals(now() + 1, 10).value(), 1);
    EXPECT_FALSE(*store().rental("acme", "r1"));
    EXPECT_TRUE(store().rental_steps("acme", "r1", 10)->empty());
    EXPECT_TRUE(store().rentals_by("acme", access::RentalKey::kTarget, "lock:r1", "", 10)->empty());
}

TEST_P(StoreProducts, ARentalThatIsNotOverIsNeverForgotten) {
    access::RentalRecord record = ended("held", now());
    record.grant_json = R"({"schema":1,"state":"active"})";
    put(record);
    record = ended("meant", now());
    record.desired_json = R"({"schema":1,"state":"scheduled"})";
    put(record);
    record = ended("unread", now());
    record.desired_json = "{";
    put(record);
    record = ended("unknown", now());
    record.desired_json.clear();
    put(record);
    record = ended("blocked", now());
    record.fuse_blocked_ms = now();
    put(record);
    put(ended("waits", now()));
    put(ended("dead", now()));
    put(ended("moves", now()));
    put(ended("moved", now()));
    put(access::TransferLink{"acme", "moves", "r9", "job", now(), 0});
    put(access::TransferLink{"acme", "r9", "moved", "job", now(), 0});
    record = ended("back", now());
    put(record);
    record.grant_json = R"({"schema":1,"state":"active"})";
    put(record);
    enqueue(reconcile("dead"));
    dead(lease_one());
    dispatch::NewTask timer = reconcile("waits");
    timer.due_ms += 1000;
    enqueue(timer);

    EXPECT_EQ(store().forget_rentals(now() + 1, 100).value(), 0);
    EXPECT_EQ(store().rentals("acme", "", 100)->size(), 10u);
    EXPECT_EQ(store().forget_dead_letters(now() + 1, 100).value(), 1);
    EXPECT_EQ(store().forget_rentals(now() + 1, 100).value(), 1);
    EXPECT_FALSE(*store().rental("acme", "dead"));
}

TEST_P(StoreProducts, AnEndedRentalsAgeCountsFromItsEnd) {
    put(ended("r1", now()));
    put(ended("r1", now() + 5000));
    EXPECT_EQ(store().forget_rentals(now() + 1, 10).value(), 1);
}

TEST_P(StoreContract, DeadLettersAreForgottenWithTheirEvents) {
    const std::int64_t resolved = append_id("resolve");
    dead(lease_one());
    const std::int64_t looked = resolved_event("look", {"r1"});
    dead(lease_one());
    ASSERT_EQ(letters().size(), 2u);
    clock_.advance_ms(1000);
    const std::int64_t young = append_id("young");
    dead(lease_one());

    EXPECT_GT(store().forget_dead_letters(now(), 10).value(), 0);
    ASSERT_EQ(letters().size(), 1u);
    EXPECT_EQ(letters()[0].event_id, young);
    EXPECT_FALSE(*store().event(resolved));
    EXPECT_FALSE(*store().event(looked));
    EXPECT_TRUE(*store().event(young));
    EXPECT_TRUE(append(new_event("look"))->is_duplicate) << "their ids stay known";
}

}  // namespace gatehouse::store
