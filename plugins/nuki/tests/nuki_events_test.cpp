#include "nuki_events.hpp"

#include <gtest/gtest.h>

namespace gatehouse::nuki {
namespace {

using sdk::Json;

constexpr std::int64_t kNowMs = 1'780'000'000'000;  // 2026-05-28

Json only(const Json& body) {
    const Json events = events_of_webhook(body.dump(), kNowMs);
    return events.size() == 1 ? events[0] : Json(events.size());
}

Json log_entry(int action, int state) {
    return {{"feature", "DEVICE_LOGS"},
            {"smartlockLog",
             {{"id", "68c555aa6466c244aac626f4"},
              {"smartlockId", 17},
              {"name", "somebody"},
              {"authId", "64983a56466c244aac626f40"},
              {"action", action},
              {"trigger", 255},
              {"state", state},
              {"source", 1},
              {"date", "2026-05-28T10:00:00.000Z"}}}};
}

TEST(NukiEventsTest, AnOpeningByKeypadCodeNamesTheCode) {
    EXPECT_EQ(only(log_entry(1, 0)),
              Json::parse(R"({"id":"68c555aa6466c244aac626f4","kind":"unlock",
                  "target":"smartlock:17","person_reference":"64983a56466c244aac626f40",
                  "success":true,"reason":null,"occurred_at":"2026-05-28T10:00:00.000Z"})"));
}

TEST(NukiEventsTest, KindsFollowTheAction) {
    const auto kind = [](int action, int state) {
        return only(log_entry(action, state))["kind"].get<std::string>();
    };
    EXPECT_EQ(kind(2, 0), "lock");
    EXPECT_EQ(kind(3, 0), "unlock");
    EXPECT_EQ(kind(240, 0), "opened");
    EXPECT_EQ(kind(241, 0), "closed");
    EXPECT_EQ(kind(208, 0), "held_open");
    EXPECT_EQ(kind(253, 0), "other");
    EXPECT_EQ(kind(1, 224), "denied");
    EXPECT_EQ(only(log_entry(1, 224))["reason"], "invalid code");
    EXPECT_EQ(only(log_entry(1, 1))["success"], false);
}

TEST(NukiEventsTest, ANumberOnTheLockIsAReferenceTogetherWithTheLock) {
    Json body = log_entry(1, 0);
    body["smartlockLog"]["authId"] = 5;
    EXPECT_EQ(only(body)["person_reference"], "17/5");
    body["smartlockLog"].erase("authId");
    EXPECT_EQ(only(body)["person_reference"], nullptr);
}

TEST(NukiEventsTest, AWeakBatteryIsToldOnceADay) {
    Json body = {{"feature", "DEVICE_STATUS"},
                 {"smartlockId", 17},
                 {"state", {{"batteryCritical", false}, {"keypadBatteryCritical", false}}}};
    EXPECT_EQ(events_of_webhook(body.dump(), kNowMs).size(), 0U);
    body["state"]["batteryCritical"] = true;
    EXPECT_EQ(only(body)["kind"], "low_battery");
    EXPECT_EQ(only(body)["id"], "battery-17-2026-05-28");
    body["state"]["keypadBatteryCritical"] = true;
    EXPECT_EQ(only(body)["reason"], "keypad");
}

TEST(NukiEventsTest, P8_AChangedCodeIsToldWithoutIt) {
    const Json body = {{"feature", "DEVICE_AUTHS"},
                       {"deleted", false},
                       {"smartlockAuth",
                        {{"id", "65219648fe57075d71a6cb01"},
                         {"smartlockId", 17},
                         {"authId", 1},
                         {"code", 982345},
                         {"type", 13},
                         {"name", "example"}}}};
    const Json event = only(body);
    EXPECT_EQ(event["kind"], "grant_changed");
    EXPECT_EQ(event["person_reference"], "65219648fe57075d71a6cb01");
    EXPECT_EQ(event.dump().find("982345"), std::string::npos);
    EXPECT_EQ(event.dump().find("example"), std::string::npos);
}

TEST(NukiEventsTest, WhatIsNotUnderstoodIsNoEvent) {
    for (const char* body :
         {"", "[]", "{}", "{\"feature\":7}", "{\"feature\":\"DEVICE_LOGS\"}",
          "{\"feature\":\"DEVICE_LOGS\",\"smartlockLog\":[]}",
          "{\"feature\":\"DEVICE_LOGS\",\"smartlockLog\":{\"id\":\"x\",\"smartlockId\":1}}",
          "{\"feature\":\"DEVICE_STATUS\",\"smartlockId\":\"17\"}",
          "{\"feature\":\"DEVICE_AUTHS\",\"smartlockAuth\":{}}",
          "{\"feature\":\"DEVICE_CONFIG\"}"}) {
        EXPECT_EQ(events_of_webhook(body, kNowMs).size(), 0U) << body;
    }
}

}  // namespace
}  // namespace gatehouse::nuki
