// What is held of one person: handed out whole, and erased from every table.
#include "contract/store_renters.hpp"

namespace gatehouse::store {

using dispatch::TaskKind;

TEST_P(StoreRenters, AllThatIsHeldOfAPersonIsHandedOut) {
    fill();
    const auto data = store().renter("acme", "ann");
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->rentals.size(), 2u);
    EXPECT_TRUE(data->held.empty());
    EXPECT_EQ(sender_ids(*data),
              (std::vector<std::string>{"by-id", "by-mail", "by-mark-ra1", "by-step"}));
    EXPECT_FALSE(data->events[0].body.empty());
    EXPECT_FALSE(data->steps.empty());
    EXPECT_EQ(data->access_events.size(), 3u);
    EXPECT_EQ(data->alerts.size(), 2u);
    EXPECT_EQ(data->dead_letters.size(), 2u);
    EXPECT_TRUE(data->erased_ms.empty());

    const auto nobody = store().renter("acme", "nobody");
    ASSERT_TRUE(nobody);
    EXPECT_TRUE(nobody->rentals.empty() && nobody->events.empty() && nobody->steps.empty() &&
                nobody->access_events.empty() && nobody->alerts.empty() &&
                nobody->dead_letters.empty());
    EXPECT_TRUE(store().renter("bravo", "ann")->events.empty()) << "another business's";
}

TEST_P(StoreRenters, ErasingLeavesNothingOfThePersonAndAllOfTheOthers) {
    fill();
    const auto bob = store().renter("acme", "bob");
    const auto changed = store().erase_renter("acme", "ann", Held::kRefuse);
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_GT(*changed, 10);

    const auto left = store().renter("acme", "ann");
    EXPECT_TRUE(left->rentals.empty());
    EXPECT_TRUE(left->events.empty());
    EXPECT_TRUE(left->steps.empty());
    EXPECT_TRUE(left->access_events.empty());
    EXPECT_TRUE(left->alerts.empty());
    EXPECT_TRUE(left->dead_letters.empty());
    EXPECT_EQ(left->erased_ms, std::vector<UnixMs>{now()}) << "that it was done is kept";

    const auto other = store().renter("acme", "bob");
    EXPECT_EQ(other->rentals.size(), bob->rentals.size());
    EXPECT_EQ(sender_ids(*other), sender_ids(*bob));
    EXPECT_EQ(other->steps.size(), bob->steps.size());
    EXPECT_EQ(other->access_events.size(), bob->access_events.size());
    EXPECT_EQ(other->alerts.size(), bob->alerts.size());
    EXPECT_EQ(other->dead_letters.size(), bob->dead_letters.size());

    access::AccessEventFilter doors;
    doors.business = "acme";
    EXPECT_EQ(store().access_events(doors)->size(), 4u) << "what happened at the doors stays";
    EXPECT_TRUE(append(new_event("by-mail"))->is_duplicate) << "and the senders' ids stay known";
}

TEST_P(StoreRenters, WordsAreFoundHoweverTheyAreWritten) {
    put(rental_of("ra1", "ann", now()));
    write_event("shouted", R"({"to":"ANN.LEE@Example.Com"})");
    write_event("national", R"({"sms":"20 12 34 56"})");
    write_event("another", R"({"to":"joann.lee@example.com","id":"anna","sms":"20 12 34 57"})");
    put({door("d1", "", "", "ANN LEE"), door("d2", "", "", "Ann.Lee@example.com"),
         door("d3", "", "", "Anna Lee")});
    const auto data = store().renter("acme", "ann");
    EXPECT_EQ(sender_ids(*data), (std::vector<std::string>{"national", "shouted"}));
    EXPECT_EQ(data->access_events.size(), 2u);
    ASSERT_TRUE(store().erase_renter("acme", "ann", Held::kRefuse));
    EXPECT_EQ(store().events({})->size(), 1u);
}

TEST_P(StoreRenters, NobodyWithAccessIsErased) {
    fill();
    access::RentalRecord held = rental_of("ra3", "ann", now());
    held.grant_json = R"({"schema":1,"state":"active"})";
    put(held);
    EXPECT_EQ(store().renter("acme", "ann")->held, std::vector<std::string>{"ra3"});
    const auto refused = store().erase_renter("acme", "ann", Held::kRefuse);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kConflict);
    EXPECT_NE(refused.error().message.find("ra3"), std::string::npos);
    EXPECT_EQ(store().renter("acme", "ann")->rentals.size(), 3u) << "nothing was changed";
    EXPECT_TRUE(store().erase_renter("acme", "ann", Held::kErase));
    EXPECT_TRUE(store().renter("acme", "ann")->rentals.empty());
}

TEST_P(StoreRenters, AWorkThatWaitsForThePersonGoesToo) {
    put(rental_of("ra1", "ann", now()));
    dispatch::NewTask timer = reconcile("ra1");
    timer.due_ms += 1000;
    enqueue(timer);
    ASSERT_TRUE(store().erase_renter("acme", "ann", Held::kRefuse));
    EXPECT_FALSE(*store().waiting("acme", TaskKind::kReconcile, "ra1"));
    EXPECT_EQ(store().queue_state()->later, 0);
}

TEST_P(StoreRenters, APersonOfWhomMuchIsHeldIsErasedInPieces) {
    put(rental_of("ra1", "ann", now()));
    constexpr int kEvents = 450;
    for (int i = 0; i < kEvents; ++i) {
        write_event("e" + std::to_string(i), R"({"userId":"ann"})");
    }
    ASSERT_TRUE(store().erase_renter("acme", "ann", Held::kRefuse));
    EXPECT_TRUE(store().events({})->empty());
}

}  // namespace gatehouse::store
