#include "sweep/vendor_pass.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/sweep/fakes.hpp"

namespace gatehouse::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class VendorPassTest : public testing::Test, public World {
  protected:
    void forget_grant(const std::string& id) {
        std::erase_if(plugins.grants, [&](const auto& grant) { return grant["rental"] == id; });
    }
    void run_to_its_end() {
        sweep = std::make_unique<Sweep>(parts(), Plan{.is_full = true});
        for (int step = 0; step < 1'000 && !sweep->is_over(); ++step) {
            ASSERT_TRUE(sweep->step());
        }
    }
    std::vector<Orphan> orphans() { return sweep->findings().take_orphans(100); }
};

TEST_F(VendorPassTest, FindsWhatTheVendorLost) {
    settle(10);
    forget_grant("r1003");
    EXPECT_THAT(run_full(), ElementsAre("r1003 not held"));
}

TEST_F(VendorPassTest, SuspendedAndPendingGrantsNeedNotStandInTheList) {
    settle(4);
    records.add(holder("suspended", "suspended"));
    records.add(holder("scheduled", "scheduled"));
    for (const char* id : {"suspended", "scheduled"})
        client.listed.push_back(rental(id));
    EXPECT_THAT(run_full(), IsEmpty());
}

TEST_F(VendorPassTest, AGrantMadeMeanwhileIsNotMissing) {
    settle(4);
    forget_grant("r1001");
    records.records["r1001"].updated_ms = kNow + 1;
    EXPECT_THAT(run_full(), IsEmpty());
}

TEST_F(VendorPassTest, FindsWhatIsHeldOtherwise) {
    settle(8);
    records.add(holder("r1002", "suspended"));
    plugins.grants.push_back(entry("r1004", "active", "group:9"));
    EXPECT_THAT(run_full(), ElementsAre("r1002 held otherwise", "r1004 held otherwise"));
}

// A right that no reference names, made out to `email`.
nlohmann::json stray(const std::string& id, const std::string& email,
                     const std::string& target = "group:1") {
    auto entry = World::entry(id, "active", target);
    entry["references"] = {{"assignment", "another"}};
    entry["renter"] = {{"email", email.empty() ? nlohmann::json() : nlohmann::json(email)}};
    return entry;
}

TEST_F(VendorPassTest, P5_WhatIsUnderAnotherAddressGoesToItsRentalsLook) {
    settle(3);
    plugins.grants.push_back(stray("r1001", "former@example.com"));
    plugins.grants.push_back(stray("r1002", "R1002@example.com"));
    run_to_its_end();
    const auto found = sweep->findings().take(10);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].rental_id, "r1001");
    EXPECT_EQ(found[0].kind, Kind::kHeldOtherwise);
    EXPECT_TRUE(found[0].needs_verify());
    EXPECT_THAT(found[0].detail, testing::Not(HasSubstr("former")));
    ASSERT_THAT(found[0].strays, SizeIs(1));
    EXPECT_EQ(found[0].strays[0].connection, "doors");
    EXPECT_EQ(found[0].strays[0].email, "former@example.com");
    EXPECT_EQ(found[0].strays[0].references["assignment"], "another");
    EXPECT_THAT(troubles(), IsEmpty());
}

// The look of a rental that the sweep itself sent for may end while the vendor is asked: the next
// full sweep is a day away.
TEST_F(VendorPassTest, P5_WhatIsUnderAnotherAddressIsFoundBesideALookThatJustEnded) {
    settle(3);
    records.records["r1001"].updated_ms = kNow + 1;
    plugins.grants.push_back(stray("r1001", "former@example.com"));
    run_to_its_end();
    const auto found = sweep->findings().take(10);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].rental_id, "r1001");
    EXPECT_THAT(found[0].strays, SizeIs(1));
}

TEST_F(VendorPassTest, WhereTheVendorTellsNoAddressTheTargetTells) {
    settle(3);
    plugins.grants.push_back(stray("r1001", "", "group:9"));
    run_to_its_end();
    const auto found = sweep->findings().take(10);
    ASSERT_THAT(found, SizeIs(1));
    ASSERT_THAT(found[0].strays, SizeIs(1));
    EXPECT_EQ(found[0].strays[0].target, "group:9");
}

TEST_F(VendorPassTest, P6_StraysOfAListThatIsNotBelievedCountForNothing) {
    settle(30);
    plugins.grants.resize(10);
    plugins.grants.push_back(stray("r1001", "former@example.com"));
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_THAT(troubles(), SizeIs(1));
}

TEST_F(VendorPassTest, P6_WhatIsNotOursIsNoStray) {
    settle(3);
    auto foreign = stray("r1001", "former@example.com");
    foreign["business"] = "other";
    auto unmarked = stray("r1001", "former@example.com");
    unmarked.erase("rental");
    plugins.grants.push_back(foreign);
    plugins.grants.push_back(unmarked);
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_EQ(sweep->findings().grants_foreign, 2);
}

TEST_F(VendorPassTest, P6_AGrantThatIsUnderWayHasNoStrays) {
    settle(3);
    plugins.grants.push_back(stray("r1001", "former@example.com"));
    auto grant = access::grant_from_json(records.records["r1001"].grant_json).value();
    grant.is_pending = true;
    records.records["r1001"].grant_json = access::grant_to_json(grant);
    EXPECT_THAT(run_full(), IsEmpty());
}

TEST_F(VendorPassTest, AllRightsOfARentalThatIsOverGoToItsLook) {
    settle(3);
    client.rentals_at["gone"] = rental("gone", "ended");
    client.rentals_at["gone"].renter.email = "gone@example.com";
    plugins.grants.push_back(stray("gone", "former@example.com", "group:2"));
    plugins.grants.push_back(stray("gone", "gone@example.com"));
    EXPECT_THAT(run_full(), IsEmpty());
    const auto found = orphans();
    ASSERT_THAT(found, SizeIs(1));
    const auto grant = access::grant_from_json(found[0].record.grant_json);
    ASSERT_TRUE(grant);
    ASSERT_THAT(grant->targets, SizeIs(1));
    EXPECT_EQ(grant->targets[0].target, "group:1");
    ASSERT_THAT(found[0].difference.strays, SizeIs(1));
    EXPECT_EQ(found[0].difference.strays[0].email, "former@example.com");
}

TEST_F(VendorPassTest, P6_WhatTheVendorMadeItselfIsCountedAndLeftAlone) {
    settle(2);
    auto staff = entry("r1");
    staff.erase("rental");
    auto other = entry("r1000", "active", "group:77");
    other["business"] = "other";
    plugins.grants.push_back(staff);
    plugins.grants.push_back(other);
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_THAT(orphans(), IsEmpty());
    EXPECT_EQ(sweep->findings().grants_foreign, 2);
    EXPECT_EQ(sweep->findings().grants_ours, 2);
}

TEST_F(VendorPassTest, P6_AnEmptyVendorListChangesNothing) {
    settle(2);
    plugins.grants.clear();
    EXPECT_THAT(run_full(), IsEmpty());
    ASSERT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(troubles()[0], HasSubstr("it is empty, and 2 rentals have access there"));
}

TEST_F(VendorPassTest, P6_ATruncatedVendorListChangesNothing) {
    settle(30);
    plugins.grants.resize(10);
    EXPECT_THAT(run_full(), IsEmpty());
    ASSERT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(troubles()[0], HasSubstr("lacks 20"));
}

// It would keep the sweep, and what was read of the list, for ever.
TEST_F(VendorPassTest, P9_AVendorListThatDoesNotEndIsGivenUp) {
    settle(3);
    forget_grant("r1001");
    plugins.is_endless = true;
    sweep = std::make_unique<Sweep>(parts(), Plan{.is_full = true});
    for (int step = 0; step < 50'000 && !sweep->is_over(); ++step) {
        ASSERT_TRUE(sweep->step());
    }
    ASSERT_TRUE(sweep->is_over());
    EXPECT_THAT(sweep->findings().take(10), IsEmpty());
    ASSERT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(troubles()[0], HasSubstr("does not end"));
}

TEST_F(VendorPassTest, P6_AForeignVendorListChangesNothing) {
    settle(3);
    for (auto& grant : plugins.grants)
        grant["business"] = "other";
    EXPECT_THAT(run_full(), IsEmpty());
    ASSERT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(troubles()[0], HasSubstr("nothing in it is ours"));
}

TEST_F(VendorPassTest, P6_StoreganisesBadListLeavesVendorsAlone) {
    settle(30);
    client.listed.clear();
    forget_grant("r1003");
    run_full();
    EXPECT_EQ(plugins.calls, 0);
}

TEST_F(VendorPassTest, AnOrphanIsTaughtToItsRentalsLook) {
    settle(3);
    plugins.grants.push_back(entry("gone"));
    client.rentals_at["gone"] = rental("gone", "ended");
    EXPECT_THAT(run_full(), IsEmpty());
    const auto found = orphans();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].difference.rental_id, "gone");
    const access::RentalRecord& record = found[0].record;
    EXPECT_EQ(record.connection, "doors");
    EXPECT_EQ(record.site_id, "site-1");
    const auto grant = access::grant_from_json(record.grant_json);
    ASSERT_TRUE(grant);
    EXPECT_EQ(grant->references["assignment"], "gone");
    const auto desired = access::desired_from_json(record.desired_json);
    ASSERT_TRUE(desired);
    EXPECT_THAT(desired->targets, ElementsAre("group:1"));
}

TEST_F(VendorPassTest, AnOrphanOfAnEndedRecordKeepsTheRestOfTheRecord) {
    settle(3);
    auto ended = holder("gone");
    ended.grant_json.clear();
    ended.fields_json = R"({"kisi_status":"ended"})";
    records.add(ended);
    plugins.grants.push_back(entry("gone"));
    client.rentals_at["gone"] = rental("gone", "ended");
    run_full();
    const auto found = orphans();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].record.fields_json, ended.fields_json);
}

TEST_F(VendorPassTest, P6_AGrantForARentalThatNobodyKnowsIsOnlyReported) {
    settle(3);
    plugins.grants.push_back(entry("who"));
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_THAT(orphans(), IsEmpty());
    ASSERT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(troubles()[0], HasSubstr("which Storeganise does not know"));
}

TEST_F(VendorPassTest, AGrantForALivingRentalThatIsNotRememberedGetsALook) {
    settle(3);
    client.listed.push_back(rental("lost"));
    client.rentals_at["lost"] = rental("lost");
    plugins.grants.push_back(entry("lost"));
    EXPECT_THAT(run_full(), ElementsAre("lost facts differ", "lost held otherwise"));
    EXPECT_THAT(orphans(), IsEmpty());
}

TEST_F(VendorPassTest, AVendorThatIsDownHidesNothingOfStoreganise) {
    settle(10);
    client.listed.push_back(rental("moved-in"));
    plugins.failures = 1000;
    EXPECT_THAT(run_full(), ElementsAre("moved-in facts differ"));
    ASSERT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(troubles()[0], HasSubstr("the vendor is down"));
}

TEST_F(VendorPassTest, APluginWithoutAnInventoryIsNotAsked) {
    settle(2);
    plugins.kisi.features = {"gatehouse.access/1"};
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_EQ(plugins.calls, 0);
}

}  // namespace
}  // namespace gatehouse::sweep
