#include "access/reconcile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/grant.hpp"
#include "unit/access/look_world.hpp"

namespace gatehouse::access {
namespace {

using testing::HasSubstr;

TEST_F(LookTest, GrantsAndWritesBack) {
    EXPECT_TRUE(look().status.has_value());
    ASSERT_EQ(plugins_.documents.size(), 1U);
    EXPECT_EQ(plugins_.documents[0].at("state"), "active");
    EXPECT_EQ(field("status"), "active: group:4711");
    EXPECT_EQ(field("overlocked"), "");
}

// Whoever says it, and whether or not the plugin knows of PINs.
TEST_F(LookTest, P8_APinInAFieldOfTheRentalIsNotToldInSomebodysWords) {
    facts().rental_fields["kisi_pinCode"] = "84731956";
    facts().rental_fields["old_PinCode"] = "4711";
    const std::string words = "refused: \"84731956\", %2084731956, pin=4711, ODQ3MzE5NTY=";
    plugins_.errors.insert({"r1", Error{ErrorKind::kForbidden, words}});
    const Look failed = look();
    ASSERT_FALSE(failed.status);
    const std::string untold = "refused: \"***\", %20***, pin=***, ***=";
    EXPECT_EQ(failed.status.error().message, untold);
    EXPECT_EQ(field("status"), "not done: " + untold);
    plugins_.errors.clear();
    plugins_.answer = R"({"schema":1,"state":"active","references":{"user":7},"detail":")"
                      R"(PIN 84731956","targets":[{"target":"group:4711","name":"4711 4711x"}]})";
    ASSERT_TRUE(look().status) << said_;
    EXPECT_THAT(records_.records["r1"].grant_json, HasSubstr("PIN ***"));
    EXPECT_EQ(field("status").find("84731956"), std::string::npos);
    EXPECT_EQ(said_.find("84731956"), std::string::npos) << said_;
    EXPECT_EQ(plugins_.untold.size(), 2U);
}

TEST_F(LookTest, P4_ASecondLookWritesNothingAnywhere) {
    look();
    const Look second = look();
    EXPECT_TRUE(second.status.has_value());
    EXPECT_EQ(second.record, nullptr);
    EXPECT_EQ(plugins_.documents.size(), 1U);
    EXPECT_EQ(source_.writes, 1);
}

TEST_F(LookTest, ReferencesComeBackToThePlugin) {
    look();
    facts().is_overdue = true;
    look();
    EXPECT_EQ(plugins_.documents[1].at("state"), "suspended");
    EXPECT_EQ(plugins_.documents[1].at("references").at("user"), 7);
    EXPECT_EQ(field("overlocked"), "true");
}

TEST_F(LookTest, P7_PaymentRestores) {
    facts().is_overdue = true;
    look();
    facts().is_overdue = false;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.back().at("state"), "active");
    EXPECT_EQ(field("overlocked"), "false");
}

TEST_F(LookTest, AnEndLeavesNoGrantAndSaysSo) {
    look();
    facts().state = "ended";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(records_.records["r1"].grant_json, "");
    EXPECT_EQ(field("status"), "ended");
    look();
    EXPECT_EQ(plugins_.documents.size(), 2U);
}

TEST_F(LookTest, P5_AGrantIsRememberedWhenTheFieldsCannotBeWritten) {
    source_.can_write = false;
    const Look first = look();
    EXPECT_EQ(first.status.error().kind, ErrorKind::kUnavailable);
    ASSERT_NE(first.record, nullptr);
    source_.can_write = true;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.size(), 1U);
    EXPECT_EQ(field("status"), "active: group:4711");
}

TEST_F(LookTest, P5_TheFieldsOfAnEndAreWrittenLater) {
    look();
    facts().state = "ended";
    source_.can_write = false;
    EXPECT_FALSE(look().status.has_value());
    source_.can_write = true;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(field("status"), "ended");
    EXPECT_EQ(plugins_.documents.size(), 2U);
}

TEST_F(LookTest, P6_UnreadableOrForeignFactsTouchNothing) {
    look();
    for (const ErrorKind kind :
         {ErrorKind::kInvalid, ErrorKind::kUnavailable, ErrorKind::kNotFound}) {
        source_.error = Error{kind, "no"};
        const Look failed = look();
        EXPECT_FALSE(failed.status.has_value());
        EXPECT_NE(failed.status.error().kind, ErrorKind::kInvalid) << "time may cure it";
        EXPECT_EQ(failed.record, nullptr);
        source_.error.reset();
    }
    facts().site_id = "another";
    facts().state = "ended";
    EXPECT_FALSE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.size(), 1U);
}

TEST_F(LookTest, APendingAnswerIsAskedAgain) {
    plugins_.answer =
        R"({"schema":1,"state":"pending","references":{"job":"j"},"poll_after_ms":700})";
    const Look first = look();
    EXPECT_EQ(first.status.error().kind, ErrorKind::kPending);
    EXPECT_EQ(first.status.error().retry_after_ms, 700);
    plugins_.answer.reset();
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents[1].at("references").at("job"), "j");
}

TEST_F(LookTest, WhatTheVendorConfirmedLastIsKeptThroughAllThatIsAskedSince) {
    const auto confirmed = [&] {
        return grant_from_json(records_.records["r1"].grant_json).value().confirmed;
    };
    plugins_.errors["r1"] = Error{ErrorKind::kUnavailable, "kisi: 503"};
    look();
    EXPECT_EQ(confirmed(), std::nullopt) << "a first call that failed";
    plugins_.errors.clear();
    plugins_.answer = R"({"schema":1,"state":"pending","references":{"job":"j"}})";
    look();
    EXPECT_EQ(confirmed(), std::nullopt) << "accepted";
    plugins_.errors["r1"] = Error{ErrorKind::kUnavailable, "kisi: 503"};
    look();
    EXPECT_EQ(confirmed(), std::nullopt) << "accepted, and the poll failed";
    plugins_.errors.clear();
    plugins_.answer.reset();
    look();
    EXPECT_EQ(confirmed(), AccessState::kActive);
    facts().is_overdue = true;
    plugins_.answer = R"({"schema":1,"state":"pending","references":{"job":"j"}})";
    look();
    EXPECT_EQ(confirmed(), AccessState::kActive) << "a suspension accepted";
    plugins_.errors["r1"] = Error{ErrorKind::kUnavailable, "kisi: 503"};
    look();
    EXPECT_EQ(confirmed(), AccessState::kActive) << "a suspension accepted, and the poll failed";
    plugins_.errors.clear();
    plugins_.answer.reset();
    look();
    EXPECT_EQ(confirmed(), AccessState::kSuspended);
}

TEST_F(LookTest, P5_AVendorErrorLeavesTheGrantInDoubtUntilACallSucceeds) {
    look();
    facts().is_overdue = true;
    plugins_.errors["r1"] = Error{ErrorKind::kUnavailable, "kisi: 503"};
    const Look failed = look();
    EXPECT_EQ(failed.status.error().kind, ErrorKind::kUnavailable);
    ASSERT_NE(failed.record, nullptr);
    const Grant in_doubt = *grant_from_json(failed.record->grant_json);
    EXPECT_TRUE(in_doubt.is_pending);
    EXPECT_EQ(in_doubt.state, AccessState::kActive) << "as it was last confirmed";
    EXPECT_EQ(in_doubt.attempted.at("state"), "suspended");
    // The debt is paid, so nothing differs from the record; but the vendor may have suspended.
    facts().is_overdue = false;
    plugins_.errors.clear();
    const std::size_t calls = plugins_.documents.size();
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.size(), calls + 1);
    look();
    EXPECT_EQ(plugins_.documents.size(), calls + 1) << "and no more once it is known";
    EXPECT_TRUE(grant_from_json(records_.records["r1"].grant_json)->attempted.is_null());
}

TEST_F(LookTest, P5_AnEndIsNotSkippedAfterAFirstCallThatFailed) {
    plugins_.errors["r1"] = Error{ErrorKind::kInternal, "the runner died"};
    EXPECT_FALSE(look().status.has_value());
    plugins_.errors.clear();
    facts().state = "ended";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.back().at("state"), "ended");
}

TEST_F(LookTest, P5_WhatMayHaveBeenMadeForAFormerAddressIsEndedThere) {
    plugins_.errors["r1"] = Error{ErrorKind::kInternal, "the runner died"};
    EXPECT_FALSE(look().status.has_value());
    const std::string former = facts().renter.email;
    plugins_.errors.clear();
    facts().renter.email = "new@example.com";
    const std::size_t calls = plugins_.documents.size();
    EXPECT_TRUE(look().status.has_value());
    ASSERT_EQ(plugins_.documents.size(), calls + 2);
    EXPECT_EQ(plugins_.documents[calls].at("state"), "ended");
    EXPECT_EQ(plugins_.documents[calls].at("renter").at("email"), former);
    EXPECT_EQ(plugins_.documents[calls + 1].at("renter").at("email"), "new@example.com");
}

TEST_F(LookTest, StaffSeeWhatOnlyAPersonCanMend) {
    facts().unit_fields.clear();
    const Look failed = look();
    EXPECT_EQ(failed.status.error().kind, ErrorKind::kNotFound);
    EXPECT_THAT(field("status"), HasSubstr("kisi_id"));
    look();
    EXPECT_EQ(source_.writes, 1) << "the same line is not written twice";
}

TEST_F(LookTest, AFieldThatTheBusinessLacksDoesNotFailTheLook) {
    source_.unknown_codes = {"kisi_status"};
    facts().is_overdue = true;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(field("overlocked"), "true");
    source_.unknown_codes = {"kisi_status", "kisi_overlocked"};
    facts().is_overdue = false;
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.back().at("state"), "active");
}

TEST_F(LookTest, P12_ASiteWithoutARuleIsNoneOfOurs) {
    business_.sites[0].site = "elsewhere";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_TRUE(plugins_.documents.empty());
}

TEST_F(LookTest, AccessHeldByAnotherConnectionIsNotLeftBehindThere) {
    look();
    business_.connections["gates"].plugin = "kisi";
    business_.sites[0].access = "gates";
    for (const char* state : {"occupied", "ended"}) {
        facts().state = state;
        const std::size_t calls = plugins_.documents.size();
        const Look moved = look();
        ASSERT_FALSE(moved.status.has_value()) << state;
        EXPECT_THAT(moved.status.error().message, HasSubstr("restore the old one"));
        EXPECT_EQ(plugins_.documents.size(), calls) << "the other vendor knows nothing of it";
    }
    business_.sites[0].access = "doors";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.state("r1"), "ended");
}

TEST_F(LookTest, AccessAtASiteThatLostItsRuleIsNotForgotten) {
    look();
    business_.sites[0].site = "elsewhere";
    facts().state = "ended";
    const Look lost = look();
    ASSERT_FALSE(lost.status.has_value());
    EXPECT_EQ(lost.status.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(lost.status.error().message, HasSubstr("restore the rule"));
    EXPECT_EQ(plugins_.state("r1"), "active") << "and nothing was done meanwhile";
    business_.sites[0].site = "*";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.state("r1"), "ended");
}

TEST_F(LookTest, TheNextMomentIsTheTimer) {
    facts().start_date = "2027-01-20";
    facts().end_date = "2027-01-25";
    Look scheduled = look();
    EXPECT_EQ(plugins_.state("r1"), "scheduled");
    EXPECT_EQ(scheduled.again_ms, *parse_utc("2027-01-20"));
    clock_.set_ms(*scheduled.again_ms);
    const Look active = look();
    EXPECT_EQ(plugins_.state("r1"), "active");
    EXPECT_EQ(active.again_ms, *parse_utc("2027-01-26"));
    clock_.set_ms(*active.again_ms);
    const Look ended = look();
    EXPECT_EQ(plugins_.state("r1"), "ended");
    EXPECT_FALSE(ended.again_ms.has_value());
    EXPECT_TRUE(ended.never_dies);
    EXPECT_THAT(said_, HasSubstr("moved out on 2027-01-25"));
    facts().end_date.reset();
    look();
    EXPECT_EQ(plugins_.state("r1"), "active") << "cancelling the move-out restores";
}

TEST_F(LookTest, P4_SteadyStateIsOneReadAndNoWrite) {
    facts().end_date = "2027-02-01";
    facts().move_out_job_id = "j2";
    facts().is_overdue = true;
    look();
    const int writes = source_.writes;
    source_.reads = 0;
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(look_once().record, nullptr);
    }
    EXPECT_EQ(source_.reads, 10);
    EXPECT_EQ(source_.writes, writes);
    EXPECT_EQ(plugins_.documents.size(), 1U);
}

TEST_F(LookTest, StaffMayAskForTheVendorToBeAskedAgain) {
    look();
    facts().rental_fields["kisi_resync"] = "true";
    EXPECT_TRUE(look().status.has_value());
    EXPECT_EQ(plugins_.documents.size(), 2U);
    EXPECT_EQ(plugins_.state("r1"), "active");
    EXPECT_EQ(field("resync"), "false");
    look();
    EXPECT_EQ(plugins_.documents.size(), 2U) << "once for one tick";
}

TEST_F(LookTest, AWishForTheVendorToBeAskedIsAnsweredInEveryState) {
    facts().state = "reserved";
    facts().rental_fields["kisi_resync"] = "true";
    look();
    EXPECT_EQ(field("resync"), "false");
    EXPECT_TRUE(records_.records.empty()) << "a rental that was never moved into leaves no record";

    facts().state = "occupied";
    facts().unit_fields.clear();
    facts().rental_fields["kisi_resync"] = "true";
    look();
    EXPECT_EQ(field("resync"), "false");
    EXPECT_THAT(field("status"), HasSubstr("kisi_id"));

    facts().state = "ended";
    facts().rental_fields["kisi_resync"] = "true";
    look();
    EXPECT_EQ(field("resync"), "false");
    EXPECT_TRUE(plugins_.documents.empty()) << "nothing was ever asked for";
}

TEST_F(LookTest, AnEndIsAskedForAgainWhereStaffWishIt) {
    look();
    facts().state = "ended";
    look();
    facts().rental_fields["kisi_resync"] = "true";
    look();
    EXPECT_EQ(plugins_.documents.size(), 3U);
    EXPECT_EQ(plugins_.state("r1"), "ended");
    EXPECT_EQ(field("resync"), "false");
    look();
    EXPECT_EQ(plugins_.documents.size(), 3U);
}

TEST_F(LookTest, AVendorSeenToDifferIsAskedAgain) {
    look();
    look("r1", LookOptions{false, true, false});
    EXPECT_EQ(plugins_.documents.size(), 2U);
    facts().state = "ended";
    look();
    look();
    EXPECT_EQ(plugins_.documents.size(), 3U);
    look("r1", LookOptions{false, true, false});
    EXPECT_EQ(plugins_.documents.size(), 4U) << "it still held what is not remembered";
    EXPECT_EQ(plugins_.state("r1"), "ended");
}

}  // namespace
}  // namespace gatehouse::access
