// One PIN on several locks: all of them take it, or all keep the one before.

#include <gtest/gtest.h>

#include "tests/fake_nuki.hpp"

namespace gatehouse::nuki::test {
namespace {

constexpr const char* kTyped = "739164";

class NukiLocksTest : public testing::Test {
  protected:
    static Wanted wish(const Json& pin, Strings targets = {"smartlock:17", "smartlock:18"}) {
        Wanted wanted;
        wanted.pin = pin;
        wanted.targets = std::move(targets);
        return wanted;
    }

    // As a lock whose list does not show who has the PIN: it refuses it only when it is written.
    void refuse_on(const std::string& lock, const std::string& pin) {
        nuki.intercept = [=](const std::string& what, const Json& request) -> std::optional<Json> {
            const bool is_write = !what.starts_with("GET");
            const bool is_here = what.find("/smartlock/" + lock + "/auth") != std::string::npos;
            const bool has_pin = request.value("body", "").find(pin) != std::string::npos;
            if (!is_write || !is_here || !has_pin) return std::nullopt;
            return Json{{"status", 409}, {"body", "{}"}};
        };
    }

    Outcome refused(const Wanted& wanted) {
        Outcome outcome = nuki.apply(wanted, nuki.references);
        EXPECT_EQ(outcome.kind, GATEHOUSE_CONFLICT) << outcome.document;
        EXPECT_TRUE(outcome.fields.contains("credential"));
        EXPECT_EQ(outcome.message.find(kTyped), std::string::npos);
        return outcome;
    }

    Strings both() { return {"Door A12", "Door B07"}; }

    FakeNuki nuki;
};

TEST_F(NukiLocksTest, NoLockTakesAPinThatAnotherHasForSomebodyElse) {
    nuki.settle(wish(kPin));
    nuki.by_hand({{"lock_id", 18}, {"name", "Cleaner"}, {"code", kTyped}});
    nuki.take_asked();
    refused(wish(kTyped));
    EXPECT_EQ(nuki.take_writes(), Strings{});
    nuki.settle(wish(nullptr));
    EXPECT_EQ(nuki.take_writes(), Strings{});
    EXPECT_EQ(nuki.opened_by(kPin), both());
}

TEST_F(NukiLocksTest, ALockThatTookWhatALaterOneRefusedGetsThePinBeforeBack) {
    for (const char* later : {"17", "18"}) {
        nuki.settle(wish(kPin));
        refuse_on(later, kTyped);
        refused(wish(kTyped));
        nuki.settle(wish(nullptr));
        EXPECT_EQ(nuki.opened_by(kPin), both()) << later;
        EXPECT_EQ(nuki.opened_by(kTyped), Strings{}) << later;
        EXPECT_EQ(nuki.references.dump().find(kPin), std::string::npos);
        nuki.take_asked();
        nuki.settle(wish(nullptr));
        EXPECT_EQ(nuki.take_writes(), Strings{}) << later;
    }
}

TEST_F(NukiLocksTest, ThePinBeforeComesBackThoughTheHostDiedBetween) {
    nuki.settle(wish(kPin));
    refuse_on("18", kTyped);
    refused(wish(kTyped));
    for (int reads = 0; reads < 3; ++reads) {
        nuki.pass_ms(60'000);
        nuki.host.call("inventory.list", {{"schema", 1}});
    }
    EXPECT_EQ(nuki.opened_by(kTyped), Strings{"Door A12"});
    nuki.settle(wish(nullptr));
    EXPECT_EQ(nuki.opened_by(kPin), both());
}

TEST_F(NukiLocksTest, P7_ADoorShutsThoughThePinBeforeCannotComeBack) {
    nuki.settle(wish(kPin));
    refuse_on("18", kTyped);
    refused(wish(kTyped));
    nuki.pass_ms(1000);
    nuki.host.call("inventory.list", {{"schema", 1}});
    for (const bool is_shown : {true, false}) {
        if (is_shown) {
            nuki.intercept = nullptr;
            nuki.by_hand({{"lock_id", 17}, {"name", "Cleaner"}, {"code", kPin}});
        } else {
            nuki.by_hand({{"lock_id", 17}, {"name", "Cleaner"}, {"delete", true}});
            refuse_on("17", kPin);
        }
        Wanted wanted = wish(nullptr);
        wanted.state = "suspended";
        nuki.settle(wanted);
        EXPECT_EQ(nuki.opened_by(kTyped), Strings{}) << is_shown;
        nuki.settle(wish(nullptr));
        EXPECT_EQ(nuki.opened_by(kTyped), Strings{"Door A12"}) << is_shown;
    }
}

TEST_F(NukiLocksTest, AnotherLockGetsThePinThatTheLockBeforeHas) {
    nuki.settle(wish(kPin, {"smartlock:17"}));
    nuki.settle(wish(nullptr, {"smartlock:18", "smartlock:19"}));
    EXPECT_EQ(nuki.opened_by(kPin), (Strings{"Door B07", "Gate"}));
    // The lock before is no longer in the account: then nobody can tell.
    nuki.model.account("acme").locks.erase(18);
    nuki.model.account("acme").locks.erase(19);
    const Outcome outcome = nuki.apply(wish(nullptr, {"smartlock:17"}), nuki.references);
    EXPECT_EQ(outcome.kind, GATEHOUSE_NOT_FOUND);
    EXPECT_EQ(outcome.message, "the keypad code is gone from smart lock 17 and no PIN was given");
}

TEST_F(NukiLocksTest, WhatSomebodyTypedAtALockIsNotTakenForThePinBefore) {
    nuki.settle(wish(kPin));
    nuki.pass_ms(1000);
    nuki.by_hand(
        {{"lock_id", 17}, {"id", nuki.references["locks"]["17"]["id"]}, {"code", "777888"}});
    nuki.settle(wish(nullptr));
    EXPECT_EQ(nuki.opened_by("777888"), Strings{});
    EXPECT_EQ(nuki.opened_by(kPin), both());
}

TEST_F(NukiLocksTest, WhatIsNoPinIsNotGivenToAnotherLock) {
    nuki.settle(wish(kPin, {"smartlock:17"}));
    for (const Json& odd :
         {Json(99'999'999'999), Json("{{secret:api_token}}"), Json("12"), Json(0)}) {
        nuki.intercept = [&](const std::string& what, const Json&) -> std::optional<Json> {
            if (what != "GET /smartlock/17/auth") return std::nullopt;
            simulators::NukiLock& lock = nuki.model.find("acme")->locks.at(17);
            Json shown = simulators::to_json(lock.shown.begin()->second, lock);
            shown["code"] = odd;
            return Json{{"status", 200}, {"body", Json::array({shown}).dump()}};
        };
        const Outcome outcome = nuki.apply(wish(nullptr), nuki.references);
        EXPECT_EQ(outcome.kind, GATEHOUSE_NOT_FOUND) << odd << outcome.message;
    }
}

TEST_F(NukiLocksTest, WithoutOneThatIsKnownLocksKeepWhatTheyHave) {
    nuki.settle(wish(kPin));
    for (const int lock : {17, 18}) {
        const std::string id = nuki.references["locks"][std::to_string(lock)]["id"];
        nuki.by_hand({{"lock_id", lock}, {"id", id}, {"code", std::to_string(777000 + lock)}});
        nuki.references["locks"][std::to_string(lock)].erase("settled");
    }
    nuki.take_asked();
    nuki.settle(wish(nullptr));
    EXPECT_EQ(nuki.take_writes(), Strings{});
}

TEST_F(NukiLocksTest, ALockThatCannotBeReadHoldsNoOtherUp) {
    nuki.intercept = [](const std::string& what, const Json&) -> std::optional<Json> {
        if (what != "GET /smartlock/19/auth") return std::nullopt;
        return Json{{"status", 503}, {"body", ""}};
    };
    const Wanted wanted = wish(kPin, {"smartlock:17", "smartlock:18", "smartlock:19"});
    const Outcome outcome = nuki.apply(wanted, nuki.references);
    EXPECT_EQ(outcome.document["state"], "pending");
    nuki.host.call("inventory.list", {{"schema", 1}});
    nuki.intercept = nullptr;
    nuki.host.call("inventory.list", {{"schema", 1}});
    EXPECT_EQ(nuki.opened_by(kPin), both());
}

}  // namespace
}  // namespace gatehouse::nuki::test
