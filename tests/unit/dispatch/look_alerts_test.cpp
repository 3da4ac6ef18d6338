#include "dispatch/look_alerts.hpp"

#include <gtest/gtest.h>

namespace gatehouse::dispatch {
namespace {

using access::Look;

Look failed(Look::Stage stage, ErrorKind kind) {
    Look look;
    look.status = fail(kind, "because");
    look.stage = stage;
    look.connection = "doors";
    look.site_id = "s1";
    look.unit_id = "u1";
    look.unit_name = "A12";
    return look;
}

// The subject raised; empty if none was.
std::string raised(const Look& look, bool is_past_budget = false) {
    for (const AlertChange& change : alerts_of(look, "r1", is_past_budget)) {
        if (change.is_raised) return change.subject;
    }
    return "";
}

bool cures(const Look& look, const std::string& subject) {
    for (const AlertChange& change : alerts_of(look, "r1", false)) {
        if (!change.is_raised && change.subject == subject) return true;
    }
    return false;
}

TEST(LookAlertsTest, WhatOnlyAPersonCanMendIsRaisedAtOnce) {
    for (const ErrorKind kind : {ErrorKind::kInvalid, ErrorKind::kUnsupported, ErrorKind::kNotFound,
                                 ErrorKind::kForbidden}) {
        EXPECT_EQ(raised(failed(Look::Stage::kVendor, kind)), "rental:r1");
    }
    const auto changes =
        alerts_of(failed(Look::Stage::kDeciding, ErrorKind::kInvalid), "r1", false);
    EXPECT_EQ(changes.back().text, "unit A12: because");
    EXPECT_EQ(changes.back().rental_id, "r1");
    EXPECT_EQ(changes.back().unit_id, "u1");
}

TEST(LookAlertsTest, AStateThatIsNotKnownIsOneAlertForAllItsRentals) {
    Look look = failed(Look::Stage::kDeciding, ErrorKind::kConflict);
    look.unknown_state = "paused";
    for (const bool is_past_budget : {false, true}) {
        EXPECT_EQ(raised(look, is_past_budget), "state:paused");
    }
    look.status = {};  // nothing is held
    EXPECT_EQ(raised(look), "state:paused");
    EXPECT_TRUE(cures(look, "rental:r1"));
    look.unknown_state = "a\nb\x01" + std::string(1000, 'x');
    EXPECT_LT(raised(look).size(), 80U);
    EXPECT_EQ(raised(look), state_subject(look.unknown_state));
}

TEST(LookAlertsTest, TheUnitIsNamedOnce) {
    Look look = failed(Look::Stage::kDeciding, ErrorKind::kInvalid);
    look.status = fail(ErrorKind::kInvalid, "unit A12 has no target");
    EXPECT_EQ(alerts_of(look, "r1", false).back().text, "unit A12 has no target");
    look.unit_name.clear();
    EXPECT_EQ(alerts_of(look, "r1", false).back().text, "unit A12 has no target");
}

TEST(LookAlertsTest, WhatTimeMayCureIsRaisedPastTheBudget) {
    for (const ErrorKind kind : {ErrorKind::kUnavailable, ErrorKind::kPending, ErrorKind::kInternal,
                                 ErrorKind::kRateLimited, ErrorKind::kConflict}) {
        EXPECT_EQ(raised(failed(Look::Stage::kVendor, kind)), "");
        EXPECT_EQ(raised(failed(Look::Stage::kVendor, kind), true), "rental:r1");
    }
    EXPECT_EQ(raised(failed(Look::Stage::kReading, ErrorKind::kNotFound)), "")
        << "too new to be seen";
}

TEST(LookAlertsTest, RefusedCredentialsAreOneAlertForAllRentals) {
    EXPECT_EQ(raised(failed(Look::Stage::kReading, ErrorKind::kAuth)), "credentials:storeganise");
    EXPECT_EQ(raised(failed(Look::Stage::kReading, ErrorKind::kForbidden)),
              "credentials:storeganise");
    EXPECT_EQ(raised(failed(Look::Stage::kVendor, ErrorKind::kAuth)), "credentials:doors");
}

TEST(LookAlertsTest, SuccessCuresWhatItProves) {
    Look good;
    good.stage = Look::Stage::kDone;
    good.connection = "doors";
    EXPECT_TRUE(cures(good, "rental:r1"));
    EXPECT_TRUE(cures(good, "credentials:storeganise"));
    EXPECT_FALSE(cures(good, "credentials:doors")) << "the vendor was not asked";
    good.has_vendor_agreed = true;
    EXPECT_TRUE(cures(good, "credentials:doors"));
    EXPECT_FALSE(
        cures(failed(Look::Stage::kReading, ErrorKind::kUnavailable), "credentials:storeganise"));
}

TEST(LookAlertsTest, TheFuseIsOneAlertForItsSite) {
    Look look;
    look.stage = Look::Stage::kDone;
    look.site_id = "s1";
    look.fuse = Look::Fuse::kBlown;
    EXPECT_EQ(raised(look), "fuse:s1");
    look.fuse = Look::Fuse::kMended;
    EXPECT_FALSE(cures(look, "fuse:s1")) << "others still wait";
    look.is_fuse_clear = true;
    EXPECT_TRUE(cures(look, "fuse:s1"));
}

}  // namespace
}  // namespace gatehouse::dispatch
