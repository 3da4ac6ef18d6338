// Two causes of one overlock, told apart by who ticked the box.
#include <gtest/gtest.h>

#include "unit/access/look_world.hpp"

namespace gatehouse::access {
namespace {

class OverlockTest : public LookTest {
  protected:
    void tick(const char* value) { facts().rental_fields["kisi_overlocked"] = value; }
};

TEST_F(OverlockTest, P7_DebtComesAndGoesWithoutStaff) {
    look();
    facts().is_overdue = true;
    look();
    EXPECT_EQ(plugins_.state("r1"), "suspended");
    EXPECT_EQ(field("overlocked"), "true");
    facts().is_overdue = false;
    look();
    EXPECT_EQ(plugins_.state("r1"), "active");
    EXPECT_EQ(field("overlocked"), "false");
}

TEST_F(OverlockTest, P7_StaffsTickOutlivesTheDebt) {
    look();
    tick("true");
    look();
    facts().is_overdue = true;
    look();
    facts().is_overdue = false;
    look();
    EXPECT_EQ(plugins_.state("r1"), "suspended");
    tick("false");
    look();
    EXPECT_EQ(plugins_.state("r1"), "active");
}

// Whose overlock it is changes here while the access stays the same: suspended.
TEST_F(OverlockTest, P7_WhatStaffUntickDuringADebtEndsWithThePayment) {
    look();
    tick("true");
    look();
    facts().is_overdue = true;
    look();
    tick("false");
    look();
    EXPECT_EQ(plugins_.state("r1"), "suspended");
    EXPECT_EQ(field("overlocked"), "true") << "for the debt";
    facts().is_overdue = false;
    look();
    EXPECT_EQ(plugins_.state("r1"), "active");
    EXPECT_EQ(field("overlocked"), "false");
}

TEST_F(OverlockTest, P7_ATickInATextFieldIsATick) {
    for (const char* yes : {"yes", " TRUE ", "On", "1"}) {
        look();
        tick(yes);
        look();
        EXPECT_EQ(plugins_.state("r1"), "suspended") << yes;
        EXPECT_EQ(field("overlocked"), yes) << "staff's own word stays";
        facts().is_overdue = true;
        look();
        facts().is_overdue = false;
        look();
        EXPECT_EQ(plugins_.state("r1"), "suspended") << yes;
        tick("no");
        look();
        EXPECT_EQ(plugins_.state("r1"), "active") << yes;
    }
}

TEST_F(OverlockTest, P7_StaffsTickOutlivesAMoveOutThatIsCancelledAfterItsDay) {
    for (const bool is_ticked_before : {true, false}) {
        look();
        if (is_ticked_before) tick("true");
        look();
        facts().end_date = "2027-01-14";
        look();
        EXPECT_EQ(plugins_.state("r1"), "ended");
        if (!is_ticked_before) tick("true");
        look();
        EXPECT_EQ(field("overlocked"), "true");
        facts().end_date.reset();
        look();
        EXPECT_EQ(plugins_.state("r1"), "suspended");
        tick("false");
        look();
        EXPECT_EQ(plugins_.state("r1"), "active");
    }
}

TEST_F(OverlockTest, ATickForDebtGoesWithAMoveOut) {
    look();
    facts().is_overdue = true;
    look();
    EXPECT_EQ(field("overlocked"), "true");
    facts().end_date = "2027-01-14";
    look();
    EXPECT_EQ(plugins_.state("r1"), "ended");
    EXPECT_EQ(field("overlocked"), "false");
    facts().is_overdue = false;
    facts().end_date.reset();
    look();
    EXPECT_EQ(plugins_.state("r1"), "active");
}

TEST_F(OverlockTest, UntickingDoesNotForgiveDebt) {
    facts().is_overdue = true;
    look();
    tick("false");
    look();
    EXPECT_EQ(plugins_.state("r1"), "suspended");
    EXPECT_EQ(field("overlocked"), "true");
}

// The box is ticked only after it is stored that the tick is ours: whenever the process dies, a
// payment lifts the overlock.
TEST_F(OverlockTest, P5_ACrashNeverMakesOurTickStaffs) {
    look();
    for (const bool is_record_lost : {false, true}) {
        facts().is_overdue = true;
        const FakeRecords before = records_;
        Look first = look_once();
        if (is_record_lost) records_ = before;
        EXPECT_EQ(field("overlocked") == "true", false) << "stored before it is written";
        first = look_once();
        const FakeRecords after_first = records_;
        look_once();
        EXPECT_EQ(field("overlocked"), "true");
        records_ = after_first;  // as if it had died after writing the box
        facts().is_overdue = false;
        look();
        EXPECT_EQ(plugins_.state("r1"), "active");
        EXPECT_EQ(field("overlocked"), "false");
    }
}

TEST_F(OverlockTest, AnOverdueRentalThatIsNotOccupiedIsLeftAlone) {
    facts().is_overdue = true;
    for (const char* state : {"ended", "reserved", "canceled"}) {
        facts().state = state;
        EXPECT_TRUE(look().status.has_value());
    }
    EXPECT_TRUE(plugins_.documents.empty());
    EXPECT_EQ(source_.writes, 0);
}

TEST_F(OverlockTest, ANewMoveInResetsAStaleOverlock) {
    tick("true");
    facts().move_in_job_id = "j1";
    source_.jobs["j1"] = kWorldNow - 60'000;
    look();
    EXPECT_EQ(plugins_.state("r1"), "active");
    EXPECT_EQ(field("overlocked"), "false");
    tick("true");
    look();
    EXPECT_EQ(plugins_.state("r1"), "suspended") << "a replay resets nothing";
    facts().move_in_job_id = "j2";
    look();
    EXPECT_EQ(plugins_.state("r1"), "active") << "another move-in does";
}

TEST_F(OverlockTest, AnOverlockFromBeforeGatehouseStays) {
    tick("true");
    facts().move_in_job_id = "j1";
    source_.jobs["j1"] = kWorldNow - 3 * 86'400'000LL;
    look();
    EXPECT_EQ(plugins_.state("r1"), "suspended");
}

TEST_F(OverlockTest, AResetThatCannotBeWrittenIsTriedAgain) {
    tick("true");
    facts().move_in_job_id = "j1";
    source_.jobs["j1"] = kWorldNow;
    source_.can_write = false;
    EXPECT_EQ(look().status.error().kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(plugins_.documents.empty());
    source_.can_write = true;
    look();
    EXPECT_EQ(plugins_.state("r1"), "active");
}

}  // namespace
}  // namespace gatehouse::access
