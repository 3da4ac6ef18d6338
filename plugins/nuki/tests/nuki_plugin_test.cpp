// The ordinary life of one rental's PIN: given, changed, disabled, enabled, ended.

#include <gtest/gtest.h>

#include "marker.hpp"
#include "tests/fake_nuki.hpp"

namespace gatehouse::nuki::test {
namespace {

class NukiPluginTest : public testing::Test {
  protected:
    static Wanted wish(const std::string& state, const Json& pin = kPin) {
        Wanted wanted;
        wanted.state = state;
        wanted.pin = pin;
        return wanted;
    }

    FakeNuki nuki;
};

TEST_F(NukiPluginTest, APinIsPendingUntilTheLockConfirmsIt) {
    const Outcome first = nuki.apply({}, Json::object());
    ASSERT_EQ(first.kind, 0) << first.message;
    EXPECT_EQ(first.document["state"], "pending");
    EXPECT_EQ(first.document["poll_after_ms"], 1000);
    EXPECT_EQ(nuki.opened_by(kPin), Strings{});
    EXPECT_EQ(nuki.take_asked(), (Strings{"GET /smartlock/17/auth", "PUT /smartlock/17/auth"}));

    const Outcome second = nuki.apply({}, first.document["references"]);
    EXPECT_EQ(second.document["state"], "pending");
    EXPECT_EQ(nuki.take_asked(), Strings{"GET /smartlock/17/auth"});

    const Outcome third = nuki.apply({}, second.document["references"]);
    EXPECT_EQ(third.document["state"], "active");
    EXPECT_EQ(third.document["credential"], Json::parse(R"({"kind":"pin"})"));
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
}

TEST_F(NukiPluginTest, TheCodeIsNamedAndTimedWhole) {
    Wanted wanted;
    wanted.state = "scheduled";
    wanted.from = "2026-06-22T08:00:00.000Z";
    wanted.until = "2026-12-22T08:00:00.000Z";
    nuki.settle(wanted);
    const Json body = Json::parse(nuki.host.requests()[1]["body"].get<std::string>());
    EXPECT_EQ(body, Json::parse(R"({"type":13,"code":482915,"name":")" +
                                marker_of("acme", kRental) + R"(",
                  "allowedFromDate":"2026-06-22T08:00:00Z",
                  "allowedUntilDate":"2026-12-22T08:00:00Z",
                  "allowedWeekDays":127,"allowedFromTime":0,"allowedUntilTime":0})"));
    EXPECT_EQ(nuki.host.requests()[1]["headers"][0],
              Json::array({"Authorization", "Bearer {{secret:api_token}}"}));
    EXPECT_EQ(nuki.opened_by(kPin), Strings{});
    nuki.pass_ms(30LL * 86'400'000);
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
    nuki.take_asked();
    wanted.state = "active";
    nuki.settle(wanted);
    EXPECT_EQ(nuki.take_writes(), Strings{});
}

TEST_F(NukiPluginTest, P4_ApplyingAgainWritesNothing) {
    nuki.settle({});
    nuki.take_asked();
    const Json before = nuki.references;
    nuki.settle({});
    nuki.settle(wish("active", nullptr));
    EXPECT_EQ(nuki.take_writes(), Strings{});
    EXPECT_EQ(nuki.references, before);
}

TEST_F(NukiPluginTest, P7_SuspendedIsDisabledAndResumedIsTheSamePin) {
    nuki.settle({});
    nuki.take_asked();
    nuki.settle(wish("suspended", nullptr));
    EXPECT_EQ(nuki.take_writes(), Strings{"POST /smartlock/17/auth"});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{});
    nuki.settle(wish("active", nullptr));
    EXPECT_EQ(nuki.take_writes(), Strings{"POST /smartlock/17/auth"});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
}

TEST_F(NukiPluginTest, ANewPinReplacesTheOld) {
    nuki.settle({});
    nuki.settle(wish("active", "739164"));
    EXPECT_EQ(nuki.opened_by(kPin), Strings{});
    EXPECT_EQ(nuki.opened_by("739164"), Strings{"Door A12"});
    EXPECT_EQ(nuki.references.dump().find("739164"), std::string::npos);
}

TEST_F(NukiPluginTest, APinTypedWhileSuspendedOpensAfterwards) {
    nuki.settle({});
    nuki.settle(wish("suspended", "739164"));
    EXPECT_EQ(nuki.opened_by("739164"), Strings{});
    nuki.settle(wish("active", nullptr));
    EXPECT_EQ(nuki.opened_by("739164"), Strings{"Door A12"});
}

TEST_F(NukiPluginTest, EndedIsGoneAndConfirmedToBe) {
    nuki.settle({});
    nuki.take_asked();
    const Outcome outcome = nuki.apply(wish("ended", nullptr), nuki.references);
    EXPECT_EQ(outcome.document["state"], "pending");
    nuki.settle(wish("ended", nullptr));
    EXPECT_EQ(nuki.opened_by(kPin), Strings{});
    EXPECT_EQ(nuki.references, Json::object());
    nuki.take_asked();
    nuki.settle(wish("ended", nullptr));
    EXPECT_EQ(nuki.take_writes(), Strings{});
}

TEST_F(NukiPluginTest, OldDoorsCloseOnlyAfterNewOnesOpen) {
    nuki.settle({});
    Wanted moved;
    moved.targets = {"smartlock:18", "smartlock:19"};
    Json references = nuki.references;
    for (int tries = 0; tries < 20; ++tries) {
        const Outcome outcome = nuki.apply(moved, references);
        references = outcome.document["references"];
        const Strings doors = nuki.opened_by(kPin);
        EXPECT_FALSE(doors.empty());
        if (outcome.document["state"] == "active") break;
        nuki.pass_ms(1000);
    }
    EXPECT_EQ(nuki.opened_by(kPin), (Strings{"Door B07", "Gate"}));
}

TEST_F(NukiPluginTest, P4_CodesOfOthersAreNeverTouched) {
    nuki.by_hand({{"lock_id", 17}, {"name", "Cleaner"}, {"code", "666777"}});
    nuki.by_hand({{"lock_id", 17}, {"name", "owner"}, {"type", 0}});
    nuki.settle({});
    nuki.settle(wish("suspended", nullptr));
    nuki.settle(wish("ended", nullptr));
    EXPECT_EQ(nuki.opened_by("666777"), Strings{"Door A12"});
    EXPECT_EQ(nuki.model.find("acme")->locks.at(17).held.size(), 2U);
}

TEST_F(NukiPluginTest, TwoRentalsOnOneLockHaveACodeEach) {
    nuki.settle({});
    Wanted other;
    other.rental = "5bf540e87200000000000002";
    other.pin = "555666";
    FakeNuki& same = nuki;
    const Json first = std::exchange(same.references, Json::object());
    same.settle(other);
    same.references = first;
    same.settle(wish("ended", nullptr));
    EXPECT_EQ(nuki.opened_by(kPin), Strings{});
    EXPECT_EQ(nuki.opened_by("555666"), Strings{"Door A12"});
}

TEST_F(NukiPluginTest, ListsLocksAndWhatIsOnThem) {
    nuki.settle({});
    nuki.by_hand({{"lock_id", 18}, {"name", "Cleaner"}, {"code", "666777"}});
    const Json targets = nuki.host.call("targets.list", {{"schema", 1}}).document["targets"];
    ASSERT_EQ(targets.size(), 3U);
    EXPECT_EQ(targets[0],
              Json::parse(R"({"target":"smartlock:17","name":"Door A12","kind":"lock"})"));
    const Json grants = nuki.host.call("inventory.list", {{"schema", 1}}).document["grants"];
    ASSERT_EQ(grants.size(), 2U);
    EXPECT_EQ(grants[0]["rental"], kRental);
    EXPECT_EQ(grants[0]["business"], "acme");
    EXPECT_EQ(grants[0]["state"], "active");
    EXPECT_FALSE(grants[1].contains("rental"));
    EXPECT_EQ(grants.dump().find(kPin), std::string::npos);
    EXPECT_EQ(grants.dump().find("666777"), std::string::npos);
}

TEST_F(NukiPluginTest, PagesThroughManyLocks) {
    simulators::NukiAccount& account = nuki.model.account("acme");
    for (int id = 100; id < 130; ++id) {
        account.locks[id].id = id;
        nuki.by_hand({{"lock_id", id}, {"name", "Cleaner"}, {"code", "666777"}});
    }
    std::size_t seen = 0;
    Json cursor;
    int pages = 0;
    do {
        const Json page =
            nuki.host.call("inventory.list", {{"schema", 1}, {"cursor", cursor}}).document;
        seen += page["grants"].size();
        cursor = page["next_cursor"];
        ++pages;
    } while (!cursor.is_null() && pages < 20);
    EXPECT_EQ(seen, 30U);
    EXPECT_GT(pages, 3);
}

TEST_F(NukiPluginTest, ProbesAndLooksAfterTheWebhook) {
    EXPECT_EQ(nuki.host.call("access.probe", {{"schema", 1}}).document["detail"],
              "Nuki answers; the token is of owner@acme.test");
    const Json request = {{"schema", 1},
                          {"url", "https://gate.example/v1/webhooks/acme/doors"},
                          {"secret", "{{secret:webhook_secret}}"},
                          {"targets", Json::array()}};
    const auto state = [&] {
        return nuki.host.call("events.subscribe", request).document["state"];
    };
    EXPECT_EQ(state(), "disabled");
    simulators::NukiAccount& account = nuki.model.account("acme");
    account.webhooks[1] = {1, request["url"], "s", {"DEVICE_LOGS", "DEVICE_STATUS"}};
    EXPECT_EQ(state(), "ok");
    account.webhooks[1].features.emplace_back("DEVICE_AUTHS");
    EXPECT_EQ(state(), "disabled");
    nuki.take_asked();
    state();
    EXPECT_EQ(nuki.take_writes(), Strings{});
}

TEST_F(NukiPluginTest, ReadsMissedEventsFromTheLogByPages) {
    simulators::NukiAccount& account = nuki.model.account("acme");
    for (int i = 0; i < 60; ++i) {
        account.log.push_back({{"id", "entry-" + std::to_string(i)},
                               {"smartlockId", 17},
                               {"authId", "64983a56466c244aac626f40"},
                               {"action", 1},
                               {"state", 0},
                               {"date", "2026-05-28T10:00:00.000Z"}});
    }
    std::size_t seen = 0;
    Json cursor;
    for (int pages = 0; pages < 3; ++pages) {
        const Json page =
            nuki.host
                .call("events.catch_up",
                      {{"schema", 1}, {"since", "2026-05-01T00:00:00.000Z"}, {"cursor", cursor}})
                .document;
        seen += page["events"].size();
        cursor = page["next_cursor"];
        if (cursor.is_null()) break;
    }
    EXPECT_TRUE(cursor.is_null());
    EXPECT_EQ(seen, 60U);
}

}  // namespace
}  // namespace gatehouse::nuki::test
