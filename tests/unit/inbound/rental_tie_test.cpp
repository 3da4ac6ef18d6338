#include "inbound/rental_tie.hpp"

#include <gtest/gtest.h>

#include "access/desired.hpp"
#include "access/grant.hpp"
#include "support/fake_lookups.hpp"

namespace gatehouse::inbound {
namespace {

using nlohmann::json;

access::RentalRecord record(const std::string& rental, const std::string& renter,
                            const std::vector<std::string>& targets, const json& references,
                            access::AccessState state = access::AccessState::kActive) {
    access::RentalRecord made;
    made.business = "acme";
    made.connection = "doors";
    made.rental_id = rental;
    made.renter_id = renter;
    made.targets = targets;
    access::Desired desired;
    desired.renter.id = renter;
    desired.renter.email = renter + "@Example.com";
    desired.renter.phone = "+4712345" + renter;
    made.desired_json = access::desired_to_json(desired);
    access::Grant grant;
    grant.state = state;
    grant.references = references;
    made.grant_json = access::grant_to_json(grant);
    return made;
}

class RentalTieTest : public testing::Test {
  protected:
    RentalTieTest() {
        lookups_.records = {
            record("r1", "ada", {"group:1", "group:9"}, {{"user_id", 7}, {"roles", {{"1", 70}}}}),
            record("r2", "bob", {"group:2", "group:9"}, {{"user_id", 8}, {"key", "k-8"}}),
            record("r3", "bob", {"group:3", "group:9"}, {{"user_id", 8}}),
        };
    }

    // "rental/renter" that the event was tied to.
    std::string tied(const std::vector<std::string>& targets, const std::string& person,
                     const json& reference = nullptr) {
        VendorEvent event;
        event.event.business = "acme";
        event.event.connection = "doors";
        event.event.person = person;
        event.reference = reference;
        event.grant_targets = targets;
        const Result<void> done = tie_to_rental(lookups_, event);
        return done ? event.event.rental_id + "/" + event.event.renter_id : done.error().message;
    }

    test::FakeLookups lookups_;
};

TEST_F(RentalTieTest, APersonIsKnownByMailPhoneOrReference) {
    EXPECT_EQ(tied({"group:1"}, "ADA@example.com"), "r1/ada");
    EXPECT_EQ(tied({"group:1"}, "+4712345ada"), "r1/ada");
    EXPECT_EQ(tied({"lock:5", "group:1"}, "", {{"user_id", 7}}), "r1/ada");
    EXPECT_EQ(tied({"group:2"}, "", "k-8"), "r2/bob");
    EXPECT_EQ(tied({"group:1"}, "", 70), "r1/ada");
}

TEST_F(RentalTieTest, OnASharedDoorThePersonsRentalCounts) {
    EXPECT_EQ(tied({"group:9"}, "", {{"user_id", 7}}), "r1/ada");
    EXPECT_EQ(tied({"group:9"}, "", {{"user_id", 8}}), "/bob") << "two rentals, one renter";
    EXPECT_EQ(tied({"group:9", "group:2"}, "", "k-8"), "r2/bob");
}

TEST_F(RentalTieTest, SomebodyElseIsTiedToNothing) {
    EXPECT_EQ(tied({"group:1"}, "staff@example.com"), "/");
    EXPECT_EQ(tied({"group:1"}, "", {{"user_id", 70}}), "/") << "a role's number, not a user's";
    EXPECT_EQ(tied({"group:1"}, "", json::object()), "/");
    EXPECT_EQ(tied({"group:77"}, "ada@example.com"), "/");
    EXPECT_EQ(tied({}, "ada@example.com"), "/");
}

TEST_F(RentalTieTest, NobodyAtOneRentalsDoorIsTiedToTheRentalOnly) {
    EXPECT_EQ(tied({"group:1"}, ""), "r1/");
    EXPECT_EQ(tied({"group:9"}, ""), "/") << "a shared door";
    lookups_.records.push_back(
        record("r0", "eve", {"group:1"}, {{"user_id", 5}}, access::AccessState::kEnded));
    EXPECT_EQ(tied({"group:1"}, ""), "r1/") << "an ended grant opens nothing";
    EXPECT_EQ(tied({"group:1"}, "", {{"user_id", 5}}), "r0/eve")
        << "but its renter's event is late";
}

TEST_F(RentalTieTest, AnotherConnectionsRentalsDoNotCount) {
    lookups_.records[0].connection = "gates";
    EXPECT_EQ(tied({"group:1"}, "ada@example.com"), "/");
}

TEST_F(RentalTieTest, AStoreThatCannotBeReadIsAnError) {
    lookups_.is_broken = true;
    EXPECT_EQ(tied({"group:1"}, ""), "the store cannot be read");
}

TEST_F(RentalTieTest, ManyRentalsShareADoor) {
    for (int i = 0; i < 1200; ++i) {
        lookups_.records.push_back(record("s" + std::to_string(i), "o" + std::to_string(i),
                                          {"group:9"}, {{"user_id", 1000 + i}}));
    }
    EXPECT_EQ(tied({"group:9"}, "", {{"user_id", 2199}}), "s1199/o1199");
}

}  // namespace
}  // namespace gatehouse::inbound
