#include "seam_events.hpp"

#include <gtest/gtest.h>

#include "code_name.hpp"

namespace gatehouse::seam {
namespace {

using sdk::Json;

Json event_of(const std::string& type) {
    return {{"event_id", "e1"},
            {"event_type", type},
            {"device_id", "d1"},
            {"access_code_id", "c1"},
            {"method", "keycode"},
            {"code", "482915"},
            {"occurred_at", "2026-11-22T10:00:00.000Z"}};
}

TEST(SeamEventsTest, AnOpeningNamesTheCodeThatOpened) {
    EXPECT_EQ(to_event(event_of("lock.unlocked")),
              Json::parse(R"({"id":"e1","kind":"unlock","target":"device:d1",
                  "person_reference":"c1","success":true,"reason":"keycode",
                  "occurred_at":"2026-11-22T10:00:00.000Z"})"));
    EXPECT_EQ(to_event(event_of("lock.locked"))["kind"], "lock");
    EXPECT_EQ(to_event(event_of("lock.access_denied"))["kind"], "denied");
    EXPECT_EQ(to_event(event_of("device.low_battery"))["kind"], "low_battery");
    EXPECT_EQ(to_event(event_of("device.tampered"))["kind"], "tamper");
}

TEST(SeamEventsTest, P8_WhatHappenedToACodeIsToldWithoutIt) {
    const Json failed = to_event(event_of("access_code.failed_to_set_on_device"));
    EXPECT_EQ(failed["kind"], "grant_changed");
    EXPECT_EQ(failed["success"], false);
    EXPECT_EQ(failed["reason"], "failed_to_set_on_device");
    for (const char* type : {"access_code.set_on_device", "access_code.changed",
                             "access_code.modified_external_to_seam"}) {
        EXPECT_EQ(to_event(event_of(type)).dump().find("482915"), std::string::npos) << type;
    }
}

TEST(SeamEventsTest, WhatIsNotUnderstoodIsNoEvent) {
    EXPECT_TRUE(to_event(event_of("noise_sensor.noise_threshold_triggered")).is_null());
    for (const char* missing : {"event_id", "event_type", "occurred_at"}) {
        Json event = event_of("lock.unlocked");
        event.erase(missing);
        EXPECT_TRUE(to_event(event).is_null()) << missing;
    }
    Json event = event_of("lock.unlocked");
    event["event_id"] = std::string(500, 'x');
    EXPECT_TRUE(to_event(event).is_null());
    EXPECT_TRUE(to_event(Json::array()).is_null());
    event = event_of("lock.unlocked");
    event.erase("device_id");
    EXPECT_TRUE(to_event(event)["target"].is_null());
}

TEST(SeamCodeNameTest, GivesTheRentalBackToItsBusinessOnly) {
    EXPECT_EQ(name_of("acme", "r1"), "Gatehouse acme r1");
    EXPECT_EQ(rental_in("acme", "Gatehouse acme r1"), "r1");
    for (const char* name : {"Gatehouse acme2 r1", "Gatehouse acme ", "Gatehouse acme r1 (old)",
                             "gatehouse acme r1", "Cleaner", ""}) {
        EXPECT_FALSE(rental_in("acme", name)) << name;
    }
}

}  // namespace
}  // namespace gatehouse::seam
