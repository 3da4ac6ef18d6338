// What the plugin does at Unloc when all goes well.

#include <gtest/gtest.h>

#include "tests/fake_unloc.hpp"

namespace gatehouse::unloc::test {
namespace {

const std::string the_target_a = "lock:" + the_lock_a;
const std::string the_target_b = "lock:" + the_lock_b;
const Json no_references = Json::object();

class UnlocPluginTest : public testing::Test {
  protected:
    // Grants the rental and returns its references.
    Json granted(const std::string& rental, const Strings& targets, const Json& from = nullptr,
                 const Json& until = nullptr) {
        const Outcome outcome = unloc.settle(rental, "active", targets, no_references, from, until);
        EXPECT_EQ(outcome.kind, 0) << outcome.message;
        EXPECT_EQ(outcome.document["state"], "active") << outcome.document;
        unloc.take_asked();
        return outcome.document["references"];
    }

    FakeUnloc unloc;
};

TEST_F(UnlocPluginTest, AsksForAllMissingKeysAtOnceAndPollsTheJob) {
    Outcome outcome = unloc.apply("r1", "active", {the_target_a, the_target_b}, no_references);
    ASSERT_EQ(outcome.kind, 0) << outcome.message;
    EXPECT_EQ(outcome.document["state"], "pending");
    EXPECT_EQ(outcome.document["poll_after_ms"], 1000);
    EXPECT_EQ(outcome.document["targets"][0]["state"], "pending");
    EXPECT_EQ(unloc.take_asked(), (Strings{"GET /keys", "POST /keys"}));

    outcome =
        unloc.apply("r1", "active", {the_target_a, the_target_b}, outcome.document["references"]);
    EXPECT_EQ(outcome.document["state"], "active") << outcome.document;
    EXPECT_EQ(outcome.document["targets"].size(), 2U);
    EXPECT_EQ(outcome.document["detail"], "2 keys for the phone number ending in 45");
    EXPECT_EQ(unloc.live(), (Strings{"A " + the_phone, "B " + the_phone}));
    EXPECT_EQ(unloc.keys[0]["metadata"],
              (Json{{"gatehouse_rental", "r1"}, {"gatehouse_business", "acme"}}));
    EXPECT_EQ(unloc.tokens, 1);
}

TEST_F(UnlocPluginTest, P4_TheSameWishAgainIsOneReadAndNoWrite) {
    const Json references = granted("r1", {the_target_a});
    const Outcome again = unloc.apply("r1", "active", {the_target_a}, references);
    EXPECT_EQ(again.document["references"], references);
    EXPECT_EQ(again.document["state"], "active");
    EXPECT_EQ(unloc.take_asked(), Strings{"GET /keys"});
}

TEST_F(UnlocPluginTest, WithoutReferencesTheKeyIsFoundAndNotMadeAgain) {
    granted("r1", {the_target_a});
    EXPECT_EQ(unloc.apply("r1", "active", {the_target_a}, no_references).document["state"],
              "active");
    EXPECT_EQ(unloc.take_asked(), Strings{"GET /keys"});
}

TEST_F(UnlocPluginTest, OpenSidesOfTheWindowAreLeftOut) {
    granted("r1", {the_target_a}, "2020-01-01T00:00:00Z", nullptr);
    EXPECT_EQ(unloc.live(), Strings{"A " + the_phone});
    granted("r2", {the_target_b}, "2030-01-01T00:00:00Z", "2030-02-01T00:00:00.000Z");
    EXPECT_EQ(unloc.live()[1], "B " + the_phone + " 2030-01-01T00:00:00Z..2030-02-01T00:00:00Z");
}

TEST_F(UnlocPluginTest, AChangedWindowIsANewKeyBeforeTheOldOneGoes) {
    const Json references = granted("r1", {the_target_a});
    unloc.job_polls = 2;
    Outcome outcome =
        unloc.apply("r1", "active", {the_target_a}, references, nullptr, "2030-02-01T00:00:00Z");
    EXPECT_EQ(outcome.document["state"], "pending");
    EXPECT_EQ(unloc.live(), Strings{"A " + the_phone});
    outcome = unloc.settle("r1", "active", {the_target_a}, outcome.document["references"], nullptr,
                           "2030-02-01T00:00:00Z");
    EXPECT_EQ(outcome.document["state"], "active");
    EXPECT_EQ(unloc.live(), Strings{"A " + the_phone + " ..2030-02-01T00:00:00Z"});
}

TEST_F(UnlocPluginTest, AStartPutOffTakesTheOldKeyAtOnce) {
    const Json references = granted("r1", {the_target_a});
    unloc.job_polls = 2;
    const Outcome outcome =
        unloc.apply("r1", "scheduled", {the_target_a}, references, "2030-01-01T00:00:00Z", nullptr);
    EXPECT_EQ(outcome.document["state"], "pending");
    EXPECT_EQ(unloc.live(), Strings{});
}

TEST_F(UnlocPluginTest, IfUnlocTakesNoSecondKeyTheOldOneGoesFirst) {
    const Json references = granted("r1", {the_target_a});
    unloc.takes_second_key = false;
    const Outcome outcome =
        unloc.settle("r1", "active", {the_target_a}, references, nullptr, "2030-02-01T00:00:00Z");
    EXPECT_EQ(outcome.document["state"], "active") << outcome.message;
    EXPECT_EQ(unloc.live(), Strings{"A " + the_phone + " ..2030-02-01T00:00:00Z"});
}

TEST_F(UnlocPluginTest, SuspendedIsRevokedAndResumedIsMadeAgain) {
    Json references = granted("r1", {the_target_a, the_target_b});
    const Outcome suspended =
        unloc.apply("r1", "suspended", {the_target_a, the_target_b}, references);
    EXPECT_EQ(suspended.document["state"], "suspended");
    EXPECT_EQ(unloc.live(), Strings{});
    unloc.take_asked();
    references = suspended.document["references"];
    EXPECT_EQ(unloc.apply("r1", "suspended", {the_target_a, the_target_b}, references)
                  .document["references"],
              references);
    EXPECT_EQ(unloc.take_asked(), Strings{"GET /keys"});
    EXPECT_EQ(
        unloc.settle("r1", "active", {the_target_a, the_target_b}, references).document["state"],
        "active");
    EXPECT_EQ(unloc.live().size(), 2U);
}

TEST_F(UnlocPluginTest, EndedCountsGoneAndExpiredKeysAsRevoked) {
    const Json references = granted("r1", {the_target_a, the_target_b});
    unloc.intercept = [](const std::string& what, const Json&) -> std::optional<Json> {
        if (what == "DELETE /keys/key-2") return Json{{"status", 404}, {"body", "{}"}};
        if (what == "DELETE /keys/key-3") return Json{{"status", 409}, {"body", "{}"}};
        return std::nullopt;
    };
    const Outcome ended = unloc.apply("r1", "ended", {}, references);
    EXPECT_EQ(ended.kind, 0) << ended.message;
    EXPECT_EQ(ended.document["state"], "ended");
    EXPECT_EQ(ended.document["references"], Json::object());
    EXPECT_EQ(unloc.take_asked(),
              (Strings{"GET /keys", "DELETE /keys/key-2", "DELETE /keys/key-3"}));
}

TEST_F(UnlocPluginTest, EndedWithoutReferencesFindsWhatALostCallMade) {
    granted("r1", {the_target_a});
    EXPECT_EQ(unloc.apply("r1", "ended", {}, no_references).document["state"], "ended");
    EXPECT_EQ(unloc.live(), Strings{});
}

TEST_F(UnlocPluginTest, P7_TwoRentalsOfOneRenterShareALockWithAKeyEach) {
    const Json first = granted("r1", {the_target_a});
    const Json second = granted("r2", {the_target_a}, nullptr, "2030-02-01T00:00:00Z");
    EXPECT_EQ(unloc.live().size(), 2U);
    EXPECT_EQ(unloc.apply("r1", "suspended", {the_target_a}, first).document["state"], "suspended");
    EXPECT_EQ(unloc.live(), Strings{"A " + the_phone + " ..2030-02-01T00:00:00Z"});
    EXPECT_EQ(unloc.apply("r2", "ended", {the_target_a}, second).document["state"], "ended");
    EXPECT_EQ(unloc.live(), Strings{});
}

TEST_F(UnlocPluginTest, TheSameRentalNumberOfAnotherBusinessIsAnotherRental) {
    unloc.add_key(the_lock_a, {{"gatehouse_rental", "r1"}, {"gatehouse_business", "other"}});
    const Json references = granted("r1", {the_target_a});
    EXPECT_EQ(unloc.live().size(), 2U);
    unloc.apply("r1", "ended", {}, references);
    EXPECT_EQ(unloc.live().size(), 1U);
}

TEST_F(UnlocPluginTest, AKeyThatSomebodyElseGaveHoldsAndIsNeverTouched) {
    unloc.add_key(the_lock_a, nullptr);
    const Outcome outcome = unloc.apply("r1", "active", {the_target_a}, no_references);
    EXPECT_EQ(outcome.document["state"], "active");
    EXPECT_NE(outcome.document["detail"].get<std::string>().find("somebody else gave a key"),
              std::string::npos);
    EXPECT_EQ(unloc.take_asked(), Strings{"GET /keys"});
    const Outcome ended =
        unloc.apply("r1", "suspended", {the_target_a}, outcome.document["references"]);
    EXPECT_EQ(ended.document["state"], "suspended");
    EXPECT_NE(ended.document["detail"].get<std::string>().find("somebody else gave a key"),
              std::string::npos);
    EXPECT_EQ(unloc.live().size(), 1U);
}

TEST_F(UnlocPluginTest, AForeignKeyThatEndsTooEarlyOrHasHoursDoesNotCount) {
    unloc.add_key(the_lock_a, nullptr, nullptr, "2030-01-01T00:00:00Z");
    unloc.add_key(the_lock_b, nullptr);
    unloc.keys.back()["recurrence"] = "RRULE:FREQ=DAILY";
    granted("r1", {the_target_a, the_target_b});
    EXPECT_EQ(unloc.live().size(), 4U);
}

TEST_F(UnlocPluginTest, ADroppedTargetLosesItsKeyWhileANewOneIsMade) {
    const Json references = granted("r1", {the_target_a});
    unloc.job_polls = 3;
    const Outcome outcome = unloc.apply("r1", "active", {the_target_b}, references);
    EXPECT_EQ(outcome.document["state"], "pending");
    EXPECT_EQ(unloc.live(), Strings{});
    EXPECT_EQ(unloc.settle("r1", "active", {the_target_b}, outcome.document["references"])
                  .document["state"],
              "active");
    EXPECT_EQ(unloc.live(), Strings{"B " + the_phone});
}

TEST_F(UnlocPluginTest, ANewPhoneNumberGetsKeysBeforeTheOldOneLosesThem) {
    const Json references = granted("r1", {the_target_a});
    unloc.phone = "+4790054321";
    unloc.job_polls = 1;
    Outcome outcome = unloc.apply("r1", "active", {the_target_a}, references);
    EXPECT_EQ(unloc.live(), Strings{"A " + the_phone});
    outcome = unloc.settle("r1", "active", {the_target_a}, outcome.document["references"]);
    EXPECT_EQ(unloc.live(), Strings{"A +4790054321"});
    EXPECT_EQ(outcome.document["references"]["phones"], Json::array({"+4790054321"}));
}

TEST_F(UnlocPluginTest, DuplicatesOfARentalsKeyAreRevoked) {
    const Json references = granted("r1", {the_target_a});
    unloc.add_key(the_lock_a, {{"gatehouse_rental", "r1"}, {"gatehouse_business", "acme"}});
    EXPECT_EQ(unloc.apply("r1", "active", {the_target_a}, references).document["state"], "active");
    EXPECT_EQ(unloc.live().size(), 1U);
}

TEST_F(UnlocPluginTest, ListsLocksAndSaysWhoseProjectItIs) {
    const Outcome targets = unloc.host.call("targets.list", {{"schema", 1}, {"cursor", nullptr}});
    ASSERT_EQ(targets.kind, 0) << targets.message;
    EXPECT_EQ(targets.document["targets"][0]["target"], the_target_a);
    EXPECT_EQ(targets.document["targets"][0]["name"], "North gate");
    const Outcome probe = unloc.host.call("access.probe", {{"schema", 1}});
    EXPECT_EQ(probe.document["detail"], "Unloc answers; the project is Harbour");
}

TEST_F(UnlocPluginTest, TheInventoryNamesTheRentalsOfOurKeysOnly) {
    granted("r1", {the_target_a}, nullptr, "2030-02-01T00:00:00Z");
    unloc.add_key(the_lock_b, nullptr);
    unloc.add_key(the_lock_b, nullptr);
    unloc.keys.back()["state"] = "revoked";
    const Outcome outcome = unloc.host.call("inventory.list", {{"schema", 1}, {"cursor", nullptr}});
    ASSERT_EQ(outcome.kind, 0) << outcome.message;
    const Json& grants = outcome.document["grants"];
    ASSERT_EQ(grants.size(), 2U) << grants;
    EXPECT_EQ(grants[0]["rental"], "r1");
    EXPECT_EQ(grants[0]["business"], "acme");
    EXPECT_EQ(grants[0]["renter"]["phone"], the_phone);
    EXPECT_EQ(grants[0]["window"]["until"], "2030-02-01T00:00:00Z");
    EXPECT_FALSE(grants[1].contains("rental"));
    EXPECT_TRUE(outcome.document["next_cursor"].is_null());
}

TEST_F(UnlocPluginTest, TheInventoryComesInPages) {
    for (int i = 0; i < 501; ++i) {
        unloc.add_key(the_lock_a, nullptr);
    }
    Outcome outcome = unloc.host.call("inventory.list", {{"schema", 1}, {"cursor", nullptr}});
    EXPECT_EQ(outcome.document["grants"].size(), 500U);
    outcome = unloc.host.call("inventory.list",
                              {{"schema", 1}, {"cursor", outcome.document["next_cursor"]}});
    EXPECT_EQ(outcome.document["grants"].size(), 1U);
    EXPECT_TRUE(outcome.document["next_cursor"].is_null());
}

TEST_F(UnlocPluginTest, RegistersEachLockOnceAndLeavesOthersAlone) {
    const std::string url = "https://hooks.example.com/v1/webhooks/acme/doors";
    const Json foreign = {
        {"trigger", "accessEvent"}, {"url", "https://x:y@other.test/"}, {"lockId", the_lock_a}};
    unloc.webhooks.push_back(foreign);
    const Json request = {{"schema", 1},
                          {"url", url},
                          {"secret", "{{secret:webhook_secret}}"},
                          {"targets", Json::array({the_target_a, the_target_b})}};
    const Outcome outcome = unloc.host.call("events.subscribe", request);
    ASSERT_EQ(outcome.kind, 0) << outcome.message;
    EXPECT_EQ(outcome.document["state"], "ok");
    EXPECT_EQ(outcome.document["detail"], "2 of 2 locks tell of their use");
    ASSERT_EQ(unloc.webhooks.size(), 3U);
    EXPECT_EQ(unloc.webhooks[0], foreign);
    EXPECT_EQ(unloc.webhooks[1]["url"],
              "https://{{secret:webhook_secret}}@hooks.example.com/v1/webhooks/acme/doors");
    unloc.take_asked();

    unloc.webhooks[1]["url"] = "https://user:pw@hooks.example.com/v1/webhooks/acme/doors";
    unloc.host.call("events.subscribe", request);
    EXPECT_EQ(unloc.take_asked(), Strings{"GET /webhooks"});
}

TEST_F(UnlocPluginTest, WithoutAListNothingIsRegisteredBlindly) {
    unloc.intercept = [](const std::string& what, const Json&) -> std::optional<Json> {
        if (what == "GET /webhooks") return Json{{"status", 404}, {"body", "{}"}};
        return std::nullopt;
    };
    const Json request = {{"schema", 1},
                          {"url", "https://hooks.example.com/"},
                          {"secret", "{{secret:webhook_secret}}"},
                          {"targets", Json::array({the_target_a})}};
    EXPECT_EQ(unloc.host.call("events.subscribe", request).kind, GATEHOUSE_UNSUPPORTED);
    EXPECT_TRUE(unloc.webhooks.empty());
    Json plain = request;
    plain["url"] = "http://hooks.example.com/";
    EXPECT_EQ(unloc.host.call("events.subscribe", plain).kind, GATEHOUSE_INVALID);
    EXPECT_EQ(unloc.host.call("events.catch_up", {{"schema", 1}}).kind, GATEHOUSE_UNSUPPORTED);
}

}  // namespace
}  // namespace gatehouse::unloc::test
