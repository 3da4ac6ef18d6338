#include "access/compare.hpp"

#include <gtest/gtest.h>

#include "access/desired.hpp"
#include "access/fields.hpp"
#include "access/grant.hpp"
#include "access/pin.hpp"

namespace gatehouse::access {
namespace {

using Kind = Difference::Kind;

constexpr UnixMs kNow = 1'800'000'000'000;  // 2027-01-15T08:00Z

class NoPlugins final : public plugins::PluginHost {
  public:
    Result<std::string> call(const plugins::Call&) override {
        ADD_FAILURE() << "comparing calls nobody";
        return fail(ErrorKind::kInternal, "");
    }
    const plugins::Manifest* manifest(const std::string&) const override { return &about; }
    std::vector<plugins::PluginStatus> status() const override { return {}; }
    void stop() override {}

    plugins::Manifest about;
};

class CompareTest : public testing::Test {
  protected:
    CompareTest() {
        config::Site site;
        site.site = "s1";
        site.access = "doors";
        business_.business = "acme";
        business_.sites.push_back(site);
        business_.connections["doors"].plugin = "kisi";
        facts_.rental_id = "r1";
        facts_.site_id = "s1";
        facts_.unit_name = "A12";
        facts_.state = "occupied";
        facts_.unit_fields = {{"kisi_id", "group:4711"}};
        facts_.rental_fields = {{"kisi_status", "active: group:4711"}};
    }

    // As if a look had applied this and written its fields.
    void hold(const Desired& desired) {
        record_.emplace();
        record_->site_id = "s1";
        record_->move_out_job_id = facts_.move_out_job_id;
        record_->desired_json = desired_to_json(desired);
        Grant grant;
        grant.state = desired.state;
        grant.targets = {{"group:4711", ""}};
        if (desired.state != AccessState::kEnded) {
            record_->grant_json = grant_to_json(grant);
        }
    }

    Desired desired(AccessState state) const {
        Desired made;
        made.state = state;
        made.targets = {"group:4711"};
        made.reasons = {"because"};
        return made;
    }

    Kind kind() { return compare(business_, plugins_, facts_, record_, kNow)->kind; }

    config::Business business_;
    NoPlugins plugins_;
    Facts facts_;
    std::optional<RentalRecord> record_;
};

TEST_F(CompareTest, WhatIsInLineIsNoDifference) {
    hold(desired(AccessState::kActive));
    EXPECT_EQ(kind(), Kind::kNone);
}

TEST_F(CompareTest, NamesWhatALookWouldDo) {
    EXPECT_EQ(kind(), Kind::kGrant);
    hold(desired(AccessState::kActive));
    facts_.rental_fields["kisi_status"] = "something else";
    EXPECT_EQ(kind(), Kind::kFields);
    facts_.unit_fields["kisi_id"] = "group:4712";
    EXPECT_EQ(kind(), Kind::kChange);
    facts_.is_overdue = true;
    EXPECT_EQ(kind(), Kind::kSuspend);
    hold(desired(AccessState::kSuspended));
    facts_.is_overdue = false;
    EXPECT_EQ(kind(), Kind::kResume);
    facts_.state = "ended";
    EXPECT_EQ(kind(), Kind::kEnd);
    EXPECT_EQ(compare(business_, plugins_, facts_, record_, kNow)->reason, "the rental is ended");
}

TEST_F(CompareTest, AccessAtASiteThatLostItsRuleWantsALook) {
    hold(desired(AccessState::kActive));
    business_.sites[0].site = "elsewhere";
    EXPECT_EQ(kind(), Kind::kLook);
    record_.reset();
    EXPECT_EQ(kind(), Kind::kNone);
}

TEST_F(CompareTest, AnEndThatWasAppliedIsNoDifferenceOnceItsFieldsAreWritten) {
    hold(desired(AccessState::kEnded));
    facts_.state = "ended";
    EXPECT_EQ(kind(), Kind::kFields);
    facts_.rental_fields["kisi_status"] = "ended";
    EXPECT_EQ(kind(), Kind::kNone);
}

TEST_F(CompareTest, TheRememberedWindowStandsInForAMoveOutThatWasRead) {
    facts_.move_out_job_id = "m1";
    Desired until = desired(AccessState::kActive);
    until.until_ms = kNow + 16 * 3'600'000;  // the end of 2027-01-15
    hold(until);
    EXPECT_EQ(kind(), Kind::kNone);
    EXPECT_EQ(compare(business_, plugins_, facts_, record_, *until.until_ms)->kind, Kind::kEnd);
    facts_.move_out_job_id = "m2";
    EXPECT_EQ(kind(), Kind::kLook);
    facts_.move_out_job_id.clear();
    EXPECT_EQ(kind(), Kind::kChange) << "cancelled";
}

TEST_F(CompareTest, AMoveOutThatIsOverStaysSo) {
    facts_.move_out_job_id = "m1";
    facts_.rental_fields["kisi_status"] = "ended";
    Desired ended = desired(AccessState::kEnded);
    ended.until_ms = kNow - 8 * 3'600'000;  // the end of 2027-01-14
    hold(ended);
    EXPECT_EQ(kind(), Kind::kNone);
    facts_.move_out_job_id.clear();
    EXPECT_EQ(kind(), Kind::kGrant);
}

TEST_F(CompareTest, P6_WhatCannotBeTrustedIsAnError) {
    hold(desired(AccessState::kActive));
    facts_.state = "paused";
    EXPECT_EQ(compare(business_, plugins_, facts_, record_, kNow).error().kind,
              ErrorKind::kConflict);
    facts_.state = "ended";
    facts_.site_id = "s2";
    business_.sites[0].site = "*";
    EXPECT_EQ(compare(business_, plugins_, facts_, record_, kNow).error().kind,
              ErrorKind::kUnavailable);
}

TEST_F(CompareTest, APinThatWasTypedOrClearedIsADifference) {
    plugins_.about.pin = plugins::PinRule{6, 6, "0123456789", {}};
    const PinKey key(Secret("a key"));
    const auto found = [&] { return compare(business_, plugins_, facts_, record_, kNow, &key); };
    hold(desired(AccessState::kActive));
    EXPECT_EQ(found()->kind, Kind::kChange) << "it has none";
    facts_.rental_fields["kisi_pinCode"] = "482915";
    EXPECT_EQ(found()->kind, Kind::kChange);
    EXPECT_EQ(kind(), Kind::kNone) << "without the key nobody can tell";
    record_->pin_hash = key.hash("acme", "s1", "482915");
    EXPECT_EQ(found()->kind, Kind::kNone);
    facts_.rental_fields["kisi_pinCode"] = "123456";
    EXPECT_EQ(found().error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(found().error().message.find("123456"), std::string::npos);
    facts_.is_overdue = true;
    EXPECT_EQ(found()->kind, Kind::kSuspend) << "the rest goes on";
}

}  // namespace
}  // namespace gatehouse::access
