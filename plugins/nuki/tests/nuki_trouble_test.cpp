// What goes wrong at Nuki: writes that vanish, copies that lag, refusals, limits, crashes between.

#include <gtest/gtest.h>

#include "tests/fake_nuki.hpp"

namespace gatehouse::nuki::test {
namespace {

class NukiTroubleTest : public testing::Test {
  protected:
    static Wanted wish(const std::string& state, const Json& pin = kPin) {
        Wanted wanted;
        wanted.state = state;
        wanted.pin = pin;
        return wanted;
    }

    Outcome once(const Wanted& wanted) {
        Outcome outcome = nuki.apply(wanted, nuki.references);
        if (outcome.kind == 0) nuki.references = outcome.document["references"];
        return outcome;
    }

    FakeNuki nuki;
};

TEST_F(NukiTroubleTest, AWriteThatVanishesIsSentAgainAfterAWhile) {
    nuki.model.commands_to_lose = 1;
    EXPECT_EQ(once({}).document["state"], "pending");
    for (int second = 1; second < 60; ++second) {
        nuki.pass_ms(1000);
        EXPECT_EQ(once({}).document["state"], "pending");
    }
    EXPECT_EQ(nuki.take_writes(), Strings{"PUT /smartlock/17/auth"});
    nuki.pass_ms(120'000);
    nuki.settle({});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
}

TEST_F(NukiTroubleTest, TheApiIsMadeToLookBeforeAWriteIsTakenForLost) {
    nuki.settle({});
    nuki.model.commands_to_lose = 1;
    EXPECT_EQ(once(wish("suspended")).document["state"], "pending");
    nuki.take_asked();
    nuki.pass_ms(60'000);
    once(wish("suspended"));
    EXPECT_EQ(nuki.take_asked(),
              (Strings{"GET /smartlock/17/auth", "GET /smartlock/17", "POST /smartlock/17/sync"}));
    nuki.pass_ms(60'000);
    nuki.settle(wish("suspended"));
    EXPECT_EQ(nuki.take_writes(), Strings{"POST /smartlock/17/auth"});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{});
}

TEST_F(NukiTroubleTest, PollsMoreRarelyTheLongerItTakes) {
    nuki.model.find("acme")->locks.at(17).is_online = false;
    EXPECT_EQ(once({}).document["poll_after_ms"], 1000);
    nuki.pass_ms(30'000);
    EXPECT_EQ(once({}).document["poll_after_ms"], 30'000);
    EXPECT_EQ(nuki.take_writes().size(), 1U);
}

TEST_F(NukiTroubleTest, AnOfflineLockTakesItsPinWhenItIsBack) {
    nuki.model.find("acme")->locks.at(17).is_online = false;
    once({});
    nuki.pass_ms(3'600'000);
    once({});
    nuki.model.find("acme")->locks.at(17).is_online = true;
    nuki.pass_ms(1'000);
    nuki.settle({});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
    EXPECT_EQ(nuki.model.find("acme")->locks.at(17).held.size(), 1U);
}

TEST_F(NukiTroubleTest, P7_ACodeForALockOutOfReachIsNotGivenUpForLost) {
    simulators::NukiLock& lock = nuki.model.find("acme")->locks.at(17);
    lock.is_online = false;
    once({});
    for (int minute = 0; minute < 10; ++minute) {
        nuki.pass_ms(60'000);
        EXPECT_EQ(once({}).document["state"], "pending");
    }
    EXPECT_EQ(nuki.take_writes(), Strings{"PUT /smartlock/17/auth"});
    for (int minute = 0; minute < 10; ++minute) {
        nuki.pass_ms(60'000);
        EXPECT_EQ(once(wish("ended")).document["state"], "pending");
    }
    lock.is_online = true;
    nuki.settle(wish("ended"));
    EXPECT_EQ(lock.held.size() + lock.commands.size(), 0U);
}

TEST_F(NukiTroubleTest, ACodeThatIsStillOnItsWayDoesNotOpenASuspendedDoor) {
    nuki.model.confirm_after_reads = 3;
    once({});
    for (int i = 0; i < 8; ++i) {
        nuki.pass_ms(1000);
        const Outcome outcome = once(wish("suspended"));
        ASSERT_EQ(outcome.kind, 0);
        if (outcome.document["state"] == "suspended") break;
    }
    nuki.settle(wish("suspended"));
    EXPECT_EQ(nuki.opened_by(kPin), Strings{});
    EXPECT_EQ(nuki.model.find("acme")->locks.at(17).held.size(), 1U);
}

TEST_F(NukiTroubleTest, P5_EveryBreakIsMendedByTheNextTry) {
    for (int good = 0; good < 8; ++good) {
        FakeNuki broken;
        int left = good;
        broken.intercept = [&left](const std::string&, const Json&) -> std::optional<Json> {
            if (left-- > 0) return std::nullopt;
            return Json{{"kind", GATEHOUSE_UNAVAILABLE}, {"message", "gone"}};
        };
        Wanted wanted;
        wanted.targets = {"smartlock:17", "smartlock:18"};
        Json known = Json::object();
        for (int i = 0; i < 4; ++i) {
            const Outcome outcome = broken.apply(wanted, known);
            if (outcome.kind != 0) break;
            known = outcome.document["references"];
        }
        broken.intercept = nullptr;
        broken.settle(wanted);  // with no references: the host died before it could keep them
        EXPECT_EQ(broken.opened_by(kPin), (Strings{"Door A12", "Door B07"}));
        EXPECT_EQ(broken.model.find("acme")->locks.at(17).held.size(), 1U);
        wanted.state = "ended";
        broken.settle(wanted);
        EXPECT_EQ(broken.opened_by(kPin), Strings{});
    }
}

TEST_F(NukiTroubleTest, P5_ACodeOfACallThatFailedIsGoneWhenTheUnitHasAnotherLock) {
    for (const char* failing :
         {"GET /smartlock/19/auth", "PUT /smartlock/19/auth", "PUT /smartlock/17/auth"}) {
        FakeNuki broken;
        broken.intercept = [&](const std::string& what, const Json&) -> std::optional<Json> {
            if (what != failing) return std::nullopt;
            return Json{{"status", 503}, {"body", ""}};
        };
        Wanted wanted;
        wanted.targets = {"smartlock:17", "smartlock:19"};
        const Outcome outcome = broken.apply(wanted, broken.references);
        ASSERT_EQ(outcome.document["state"], "pending") << failing;
        broken.references = outcome.document["references"];
        broken.intercept = nullptr;
        wanted.targets = {"smartlock:18", "smartlock:19"};
        broken.settle(wanted);
        EXPECT_EQ(broken.opened_by(kPin), (Strings{"Door B07", "Gate"})) << failing;
    }
}

TEST_F(NukiTroubleTest, ACallThatFailsAgainSaysSo) {
    nuki.intercept = [](const std::string& what, const Json&) -> std::optional<Json> {
        if (what != "PUT /smartlock/18/auth") return std::nullopt;
        return Json{{"status", 400}, {"body", ""}};
    };
    Wanted wanted;
    wanted.targets = {"smartlock:17", "smartlock:18"};
    EXPECT_EQ(once(wanted).document["state"], "pending");
    nuki.pass_ms(1000);
    EXPECT_EQ(once(wanted).kind, GATEHOUSE_INVALID);
}

TEST_F(NukiTroubleTest, WhatStaffChangedByHandIsSetRight) {
    nuki.settle({});
    const std::string id = nuki.references["locks"]["17"]["id"];
    nuki.by_hand({{"lock_id", 17}, {"id", id}, {"rename", "Ada"}, {"code", "777888"}});
    nuki.settle({});
    EXPECT_EQ(nuki.opened_by("777888"), Strings{});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
    nuki.by_hand({{"lock_id", 17}, {"id", id}, {"delete", true}});
    nuki.settle({});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
    nuki.by_hand(
        {{"lock_id", 17}, {"id", nuki.references["locks"]["17"]["id"]}, {"enabled", false}});
    nuki.settle(wish("active", nullptr));
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
}

TEST_F(NukiTroubleTest, WithoutAPinALostCodeIsAClearError) {
    nuki.settle({});
    nuki.by_hand({{"lock_id", 17}, {"id", nuki.references["locks"]["17"]["id"]}, {"delete", true}});
    const Outcome outcome = once(wish("active", nullptr));
    EXPECT_EQ(outcome.kind, GATEHOUSE_NOT_FOUND);
    EXPECT_NE(outcome.message.find("no PIN was given"), std::string::npos);
}

TEST_F(NukiTroubleTest, APinOfSomebodyElseIsAConflictAndIsNotAdopted) {
    nuki.by_hand({{"lock_id", 17}, {"name", "Cleaner"}, {"code", kPin}});
    const Outcome outcome = once({});
    EXPECT_EQ(outcome.kind, GATEHOUSE_CONFLICT);
    EXPECT_EQ(outcome.message.find(kPin), std::string::npos);
    EXPECT_NE(outcome.message.find("choose another"), std::string::npos);
    EXPECT_EQ(nuki.take_writes(), Strings{});
    EXPECT_EQ(nuki.model.find("acme")->locks.at(17).held.size(), 1U);

    nuki.settle(wish("active", "739164"));
    nuki.by_hand({{"lock_id", 17}, {"name", "Guard"}, {"code", "555666"}});
    EXPECT_EQ(once(wish("active", "555666")).kind, GATEHOUSE_CONFLICT);
    EXPECT_EQ(nuki.opened_by("739164"), Strings{"Door A12"});
}

TEST_F(NukiTroubleTest, AnOldCopyThatBlocksAPinIsMadeTrueFirst) {
    nuki.by_hand({{"lock_id", 17}, {"name", "Cleaner"}, {"code", "666777"}});
    nuki.by_hand({{"lock_id", 17}, {"name", "Cleaner"}, {"delete", true}, {"unseen", true}});
    bool was_hidden = false;
    nuki.intercept = [&](const std::string& what, const Json&) -> std::optional<Json> {
        if (what == "PUT /smartlock/17/auth" && !std::exchange(was_hidden, true)) {
            return Json{{"status", 409}, {"body", "{}"}};
        }
        return std::nullopt;
    };
    EXPECT_EQ(once({}).document["state"], "pending");
    EXPECT_EQ(nuki.take_asked().back(), "POST /smartlock/17/sync");
    nuki.pass_ms(60'000);
    nuki.settle({});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
}

TEST_F(NukiTroubleTest, P8_RefusalsAreToldWithoutThePin) {
    nuki.intercept = [](const std::string& what, const Json&) -> std::optional<Json> {
        if (!what.starts_with("PUT")) return std::nullopt;
        const Json body = {{"detailMessage", std::string("The supplied value '") + kPin +
                                                 "' for parameter 'code' is not valid"}};
        return Json{{"status", 400}, {"body", body.dump()}};
    };
    const Outcome outcome = once({});
    EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID);
    EXPECT_EQ(outcome.fields, Json::parse(R"({"credential":"refused"})"));
    EXPECT_EQ(outcome.message.find(kPin), std::string::npos);
    for (const char* wrong : {"12345", "123456", "482910", "4829155", "48291a"}) {
        const Outcome bad = once(wish("active", wrong));
        EXPECT_EQ(bad.kind, GATEHOUSE_INVALID);
        EXPECT_EQ(bad.message.find(wrong), std::string::npos);
    }
}

TEST_F(NukiTroubleTest, AnswersBecomeTheRightKinds) {
    const auto kind_for = [this](int status) {
        nuki.intercept = [status](const std::string&, const Json&) -> std::optional<Json> {
            return Json{{"status", status},
                        {"headers", Json::array({Json::array({"retry-after", "7"})})},
                        {"body", "<html>"}};
        };
        return once({});
    };
    EXPECT_EQ(kind_for(401).kind, GATEHOUSE_AUTH);
    EXPECT_EQ(kind_for(403).kind, GATEHOUSE_FORBIDDEN);
    EXPECT_EQ(kind_for(404).kind, GATEHOUSE_NOT_FOUND);
    EXPECT_EQ(kind_for(503).kind, GATEHOUSE_UNAVAILABLE);
    EXPECT_EQ(kind_for(200).kind, GATEHOUSE_UNAVAILABLE);
    const Outcome limited = kind_for(429);
    EXPECT_EQ(limited.kind, GATEHOUSE_RATE_LIMITED);
    EXPECT_EQ(limited.retry_after_ms, 7000U);
}

TEST_F(NukiTroubleTest, AKeypadMustBePaired) {
    nuki.model.find("acme")->locks.at(17).has_keypad = false;
    const Outcome outcome = once({});
    EXPECT_EQ(outcome.kind, GATEHOUSE_INVALID);
    EXPECT_NE(outcome.message.find("no keypad"), std::string::npos);
    Wanted wanted;
    wanted.targets = {"group:17"};
    EXPECT_EQ(nuki.apply(wanted, Json::object()).kind, GATEHOUSE_INVALID);
    wanted.targets = {};
    EXPECT_EQ(nuki.apply(wanted, Json::object()).kind, GATEHOUSE_INVALID);
}

TEST_F(NukiTroubleTest, CodesAreReadInEveryFormThatNukiUses) {
    nuki.settle({});
    for (const Json& form : {Json(482915), Json("482915"), Json::array({482915}), Json()}) {
        nuki.intercept = [&](const std::string& what, const Json&) -> std::optional<Json> {
            if (what != "GET /smartlock/17/auth") return std::nullopt;
            simulators::NukiLock& lock = nuki.model.find("acme")->locks.at(17);
            Json shown = simulators::to_json(lock.shown.begin()->second, lock);
            shown["code"] = form;
            return Json{{"status", 200}, {"body", Json::array({shown}).dump()}};
        };
        nuki.take_asked();
        nuki.settle({});
        EXPECT_EQ(nuki.take_writes(), Strings{}) << form;
    }
}

TEST_F(NukiTroubleTest, OfTwoCodesOfOneRentalOneStays) {
    nuki.settle({});
    const std::string name = nuki.model.find("acme")->locks.at(17).held.begin()->second.name;
    nuki.by_hand({{"lock_id", 17}, {"id", "0123456789abcdef01234567"}, {"code", "777888"}});
    nuki.by_hand({{"lock_id", 17}, {"name", ""}, {"rename", name}});
    nuki.settle({});
    EXPECT_EQ(nuki.opened_by("777888"), Strings{});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
}

TEST_F(NukiTroubleTest, AFullLockIsReadWhole) {
    for (int i = 0; i < 99; ++i) {
        nuki.by_hand({{"lock_id", 17},
                      {"name", "Cleaner " + std::to_string(i)},
                      {"code", std::to_string(333111 + i * 7)}});
    }
    nuki.settle({});
    EXPECT_EQ(nuki.opened_by(kPin), Strings{"Door A12"});
    nuki.settle(wish("ended", nullptr));
    EXPECT_EQ(nuki.model.find("acme")->locks.at(17).held.size(), 99U);
}

}  // namespace
}  // namespace gatehouse::nuki::test
