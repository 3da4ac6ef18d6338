#include "sweep/sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sweep/report.hpp"
#include "unit/sweep/fakes.hpp"

namespace gatehouse::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SweepTest : public testing::Test, public World {};

TEST_F(SweepTest, P4_SteadyStateFindsNothing) {
    settle(120);
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_THAT(troubles(), IsEmpty());
    EXPECT_EQ(sweep->findings().rentals_listed, 120);
    EXPECT_THAT(run_delta(), IsEmpty());
}

TEST_F(SweepTest, FindsWhatALostWebhookLeftUndone) {
    settle(60);
    client.listed.push_back(rental("moved-in"));
    client.listed[7].state = "ended";
    EXPECT_THAT(run_full(), ElementsAre("moved-in facts differ", "r1007 facts differ"));
    EXPECT_THAT(run_delta(), ElementsAre("moved-in facts differ", "r1007 facts differ"));
}

TEST_F(SweepTest, ReadsPagesOfFiftyInSeries) {
    settle(120);
    run_full();
    for (const storeganise::ListQuery& query : client.queries) {
        EXPECT_EQ(query.limit, 50);
        EXPECT_FALSE(query.updated_after_ms);
    }
    EXPECT_EQ(client.queries[0].offset, 0);
    EXPECT_EQ(client.queries[1].offset, 45);
}

TEST_F(SweepTest, AnErrorInTheMiddleIsTakenUpThere) {
    settle(200);
    client.listed.push_back(rental("moved-in"));
    int page = 0;
    client.before_page = [&] {
        if (++page == 3) client.fail_pages = 2;
    };
    EXPECT_THAT(run_full(), ElementsAre("moved-in facts differ"));
    EXPECT_EQ(sweep->findings().rentals_listed, 201);
}

TEST_F(SweepTest, OfAHolderThatIsNotListedALookIsAsked) {
    settle(40);
    client.listed.erase(client.listed.begin() + 5);
    EXPECT_THAT(run_full(), ElementsAre("r1005 not listed"));
    EXPECT_THAT(troubles(), IsEmpty());
}

TEST_F(SweepTest, P6_AnEmptyListChangesNothing) {
    settle(3);
    client.listed.clear();
    EXPECT_THAT(run_full(), IsEmpty());
    ASSERT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(troubles()[0], HasSubstr("it is empty, and 3 rentals hold access"));
    EXPECT_EQ(plugins.calls, 0);
}

TEST_F(SweepTest, ABusinessWithoutRentalsIsNoTrouble) {
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_THAT(troubles(), IsEmpty());
}

TEST_F(SweepTest, P6_ATruncatedListChangesNothing) {
    settle(200);
    client.listed.resize(60);
    client.listed.push_back(rental("moved-in"));
    EXPECT_THAT(run_full(), IsEmpty());
    ASSERT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(troubles()[0], HasSubstr("lacks 140 of 200 rentals"));
    EXPECT_THAT(troubles()[0], HasSubstr("is occupied"));
}

TEST_F(SweepTest, P6_AListOfAnotherAccountChangesNothing) {
    settle(30);
    client.listed.clear();
    client.rentals_at.clear();
    for (int i = 0; i < 30; ++i)
        client.listed.push_back(rental("foreign" + std::to_string(i)));
    EXPECT_THAT(run_full(), IsEmpty());
    ASSERT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(troubles()[0], HasSubstr("is not known"));
}

TEST_F(SweepTest, P6_ASmallListOfAnotherAccountChangesNothing) {
    settle(2);
    client.listed = {rental("foreign")};
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_THAT(troubles(), SizeIs(1));
}

TEST_F(SweepTest, TheLastRenterMayLeaveUnlisted) {
    settle(1);
    client.listed = {rental("moved-in")};
    client.rentals_at["r1000"].state = "ended";
    EXPECT_THAT(run_full(), ElementsAre("moved-in facts differ", "r1000 not listed"));
}

TEST_F(SweepTest, P6_AForeignRowChangesNothing) {
    settle(60);
    client.listed.insert(client.listed.begin(), rental("moved-in"));
    client.listed[40].site_id = "site-2";
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_THAT(troubles(), SizeIs(1));
    EXPECT_THAT(run_delta(), IsEmpty());
    EXPECT_THAT(troubles(), SizeIs(1));
}

TEST_F(SweepTest, P6_AListThatLeavesOutWhatIsOverIsBelieved) {
    // Twelve move-outs were lost, and the list shows living rentals only.
    settle(60);
    for (int i = 0; i < 12; ++i)
        client.rentals_at["r" + std::to_string(1000 + i)].state = "ended";
    client.listed.erase(client.listed.begin(), client.listed.begin() + 12);
    EXPECT_THAT(run_full(), SizeIs(12));
    EXPECT_THAT(troubles(), IsEmpty());
}

TEST_F(SweepTest, APersonMayTrustAList) {
    settle(60);
    client.listed.resize(30);
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_THAT(run({.is_full = true, .is_trusted = true}), SizeIs(30));
}

TEST_F(SweepTest, P6_APageThatIsNoListIsNoAnswer) {
    settle(10);
    client.fail_pages = 1'000'000;
    EXPECT_THAT(run_full(), IsEmpty());
    ASSERT_FALSE(last_step);
    EXPECT_EQ(last_step.error().kind, ErrorKind::kUnavailable);
}

TEST_F(SweepTest, P6_ARowThatCannotBeReadIsNotAbsent) {
    settle(20);
    client.unreadable = {"r1000", "r1004"};
    EXPECT_THAT(run_full(), IsEmpty());
    EXPECT_EQ(sweep->findings().rows_unreadable, 2);
}

TEST_F(SweepTest, AChangedUnitLeadsToItsRentals) {
    settle(3);
    client.listed.clear();
    client.rentals_at["r1001"].state = "ended";
    client.rentals_at["r1002"].state = "ended";
    client.units_changed = {"unit-of-r1001", "unit-without-rental"};
    EXPECT_THAT(run_delta(), ElementsAre("r1001 facts differ"));
    client.units_changed.clear();
    client.users_changed = {"renter-of-r1002"};
    EXPECT_THAT(run_delta(), ElementsAre("r1002 facts differ"));
}

TEST_F(SweepTest, ReportsWhatItFound) {
    settle(2);
    client.listed.push_back(rental("moved-in"));
    run_full();
    Report report;
    take_counts(report, sweep->findings());
    EXPECT_EQ(summary(report),
              "3 rentals read, 2 grants of ours and 0 of others at vendors: 1 facts differ");
    EXPECT_EQ(report_view(report)["counts"]["facts differ"], 1);
}

TEST(SweepReport, WhatWasNotComparedIsNotCalledEqual) {
    Report report;
    report.state = "done";
    EXPECT_EQ(summary(report), "0 rentals read: no difference");
    report.troubles = {"Storeganise's list of rentals is not believed: it is empty"};
    EXPECT_EQ(summary(report), "0 rentals read: no difference in what was believed");
    report.state = "failed";
    EXPECT_EQ(summary(report), "0 rentals read: it did not get to the end");
}

}  // namespace
}  // namespace gatehouse::sweep
