// Keys are made in jobs: those take hours, fail, are lost from sight, or end in an odd shape.

#include <gtest/gtest.h>

#include "tests/fake_unloc.hpp"

namespace gatehouse::unloc::test {
namespace {

const std::string the_target_a = "lock:" + the_lock_a;
const std::string the_target_b = "lock:" + the_lock_b;
const Json no_references = Json::object();
constexpr std::int64_t kHourMs = 3'600'000;

class UnlocJobsTest : public testing::Test {
  protected:
    Outcome apply(const std::string& state, const Json& references) {
        return unloc.apply("r1", state, {the_target_a}, references);
    }

    void pass_ms(std::int64_t ms) { unloc.host.set_now_ms(now_ms_ += ms); }

    FakeUnloc unloc;

  private:
    std::int64_t now_ms_ = 1'780'000'000'000;
};

TEST_F(UnlocJobsTest, PollsSeldomerAndNeverAsksForTheKeysAgain) {
    unloc.job_polls = 12;
    Outcome outcome = apply("active", no_references);
    std::uint64_t last = 0;
    for (int i = 0; i < 12; ++i) {
        const std::uint64_t wait = outcome.document["poll_after_ms"];
        EXPECT_GE(wait, last);
        EXPECT_LE(wait, 300'000U);
        last = wait;
        pass_ms(kHourMs);
        outcome = apply("active", outcome.document["references"]);
        ASSERT_EQ(outcome.kind, 0) << outcome.message;
        EXPECT_EQ(outcome.document["state"], "pending");
    }
    EXPECT_EQ(last, 300'000U);
    EXPECT_EQ(apply("active", outcome.document["references"]).document["state"], "active");
    EXPECT_EQ(unloc.keys.size(), 1U);
}

TEST_F(UnlocJobsTest, P5_ACallThatDiedAfterAskingIsRecognised) {
    unloc.job_polls = 2;
    const Outcome lost = apply("active", no_references);  // nobody keeps its references
    const Outcome next = apply("active", no_references);
    EXPECT_EQ(next.document["state"], "pending");
    EXPECT_EQ(unloc.keys.size(), 1U);
    EXPECT_EQ(
        unloc.settle("r1", "active", {the_target_a}, lost.document["references"]).document["state"],
        "active");
    EXPECT_EQ(unloc.keys.size(), 1U);
}

TEST_F(UnlocJobsTest, ElementsOfCreatedKeysComeInThreeShapes) {
    for (const char* shape : {"id", "keyId", "key"}) {
        FakeUnloc fresh;
        fresh.created_shape = shape;
        fresh.lists_new_keys = false;  // so the answer of the job is all there is
        const Outcome outcome = fresh.settle("r1", "active", {the_target_a}, no_references);
        EXPECT_EQ(outcome.document["state"], "active") << shape;
        EXPECT_EQ(outcome.document["references"]["keys"], Json::array({"key-2"})) << shape;
    }
}

TEST_F(UnlocJobsTest, AnUnknownShapeIsFoundByLooking) {
    unloc.created_shape = "odd";
    EXPECT_EQ(unloc.settle("r1", "active", {the_target_a}, no_references).document["state"],
              "active");
}

TEST_F(UnlocJobsTest, KeysWithoutTheirMetadataAreKnownByTheirIds) {
    unloc.shows_metadata = false;
    const Outcome outcome = unloc.settle("r1", "active", {the_target_a}, no_references);
    EXPECT_EQ(outcome.document["state"], "active") << outcome.document;
    EXPECT_EQ(outcome.document["references"]["foreign"], Json::array());
    EXPECT_EQ(apply("ended", outcome.document["references"]).document["state"], "ended");
    EXPECT_EQ(unloc.live(), Strings{});
}

TEST_F(UnlocJobsTest, AFailedJobIsUnavailableAndTriedAgainLater) {
    unloc.job_outcome = "failedJob";
    Outcome outcome = apply("active", no_references);
    const Json references = outcome.document["references"];
    outcome = apply("active", references);
    EXPECT_EQ(outcome.kind, GATEHOUSE_UNAVAILABLE);
    EXPECT_EQ(outcome.message, "Unloc could not make the keys: the lock said no");
    EXPECT_EQ(outcome.retry_after_ms, 5000U);
    pass_ms(5'000);
    unloc.job_outcome = "succeeded";
    EXPECT_EQ(unloc.settle("r1", "active", {the_target_a}, references).document["state"], "active");
    EXPECT_EQ(unloc.live(), Strings{"A " + the_phone});
}

TEST_F(UnlocJobsTest, FailuresInARowArePacedLongerAndLonger) {
    unloc.job_outcome = "timeout";
    Json references = apply("active", no_references).document["references"];
    std::uint64_t last = 0;
    for (int i = 0; i < 12; ++i) {
        Outcome outcome = apply("active", references);
        ASSERT_EQ(outcome.kind, GATEHOUSE_UNAVAILABLE);
        EXPECT_GE(outcome.retry_after_ms, last);
        last = outcome.retry_after_ms;
        pass_ms(static_cast<std::int64_t>(last));
        outcome = apply("active", references);
        ASSERT_EQ(outcome.document["state"], "pending");
        references = outcome.document["references"];
    }
    EXPECT_EQ(last, 1'800'000U);
}

TEST_F(UnlocJobsTest, ARefusedJobIsInvalidUntilTheWishChanges) {
    unloc.job_outcome = "failedValidation";
    const Json references = apply("active", no_references).document["references"];
    const Outcome outcome = apply("active", references);
    EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID);
    EXPECT_EQ(outcome.message, "Unloc refuses the keys: the lock said no");
    unloc.phone = "+4790054321";
    unloc.job_outcome = "succeeded";
    EXPECT_EQ(unloc.settle("r1", "active", {the_target_a}, references).document["state"], "active");
}

TEST_F(UnlocJobsTest, P7_EndingWhileAJobIsUnderWayWaitsForItsKeysAndRevokesThem) {
    unloc.job_polls = 2;
    const Json references = apply("active", no_references).document["references"];
    Outcome outcome = apply("ended", references);
    EXPECT_EQ(outcome.document["state"], "pending");
    EXPECT_FALSE(outcome.document["poll_after_ms"].is_null());
    outcome = unloc.settle("r1", "ended", {the_target_a}, outcome.document["references"]);
    EXPECT_EQ(outcome.document["state"], "ended");
    EXPECT_EQ(outcome.document["references"], Json::object());
    EXPECT_EQ(unloc.live(), Strings{});
}

TEST_F(UnlocJobsTest, AKeyInTheMakingThatWillNotGoYetIsRevokedLater) {
    unloc.job_polls = 1;
    apply("active", no_references);  // its references are lost
    unloc.intercept = [](const std::string& what, const Json&) -> std::optional<Json> {
        if (what.starts_with("DELETE")) return Json{{"status", 409}, {"body", "{}"}};
        return std::nullopt;
    };
    Outcome outcome = apply("ended", no_references);
    EXPECT_EQ(outcome.document["state"], "pending");
    unloc.intercept = nullptr;
    for (Json& key : unloc.keys) {
        key["state"] = "active";
    }
    outcome = apply("ended", outcome.document["references"]);
    EXPECT_EQ(outcome.document["state"], "ended");
    EXPECT_EQ(unloc.live(), Strings{});
}

TEST_F(UnlocJobsTest, AnOldJobDoesNotHoldUpANewWish) {
    unloc.job_polls = 1000;
    const Json references = apply("active", no_references).document["references"];
    unloc.job_polls = 0;
    Outcome outcome = unloc.apply("r1", "active", {the_target_b}, references);
    outcome = unloc.apply("r1", "active", {the_target_b}, outcome.document["references"]);
    EXPECT_EQ(outcome.document["state"], "pending") << "the first job may still make a key";
    EXPECT_EQ(outcome.document["targets"][0]["state"], "active");
    EXPECT_EQ(unloc.live(), Strings{"B " + the_phone});
}

TEST_F(UnlocJobsTest, AForgottenJobIsPassedOver) {
    unloc.job_polls = 1;
    const Json references = apply("active", no_references).document["references"];
    unloc.jobs.clear();
    unloc.keys.clear();
    EXPECT_EQ(unloc.settle("r1", "active", {the_target_a}, references).document["state"], "active");
    EXPECT_EQ(unloc.live().size(), 1U);
}

TEST_F(UnlocJobsTest, AFailedKeyIsMadeAgain) {
    Json references =
        unloc.settle("r1", "active", {the_target_a}, no_references).document["references"];
    unloc.keys[0]["state"] = "error";
    EXPECT_EQ(unloc.settle("r1", "active", {the_target_a}, references).document["state"], "active");
    EXPECT_EQ(unloc.live().size(), 1U);
}

}  // namespace
}  // namespace gatehouse::unloc::test
