// What Kisi tells of doors, and how its webhook is kept alive.

#include <gtest/gtest.h>

#include "tests/fake_kisi.hpp"

namespace gatehouse::kisi::test {
namespace {

Json door_event(const std::string& type, const Json& more = Json::object()) {
    Json event = {{"uuid", "d7cf0237-a492-4e5d-b20c-f58fc3ef4eff"},
                  {"actor_type", "User"},
                  {"actor_id", 7},
                  {"actor_name", "Ada Example"},
                  {"object_type", "Lock"},
                  {"object_id", 12},
                  {"object_name", "Main Entrance"},
                  {"organization_id", 1},
                  {"place_id", 2},
                  {"success", true},
                  {"type", type},
                  {"error_code", nullptr},
                  {"error_message", nullptr},
                  {"created_at", "2022-10-06T13:49:35Z"}};
    event.update(more);
    return event;
}

class KisiEventsTest : public testing::Test {
  protected:
    Outcome parse(const std::string& body) {
        return kisi.host.call("inbound.parse",
                              {{"schema", 1}, {"headers", Json::array()}, {"body", body}});
    }

    Json parsed(const Json& event) {
        const Outcome outcome = parse(event.dump());
        EXPECT_EQ(outcome.kind, 0) << outcome.message;
        return outcome.kind == 0 ? outcome.document["events"][0] : Json();
    }

    Json subscribe() {
        return kisi.host
            .call("events.subscribe", {{"schema", 1},
                                       {"url", "https://gate.example/v1/webhooks/acme/doors"},
                                       {"secret", "{{secret:webhook_secret}}"},
                                       {"targets", Json::array()}})
            .document;
    }

    Outcome catch_up(const Json& cursor = nullptr) {
        return kisi.host.call(
            "events.catch_up",
            {{"schema", 1}, {"since", "2026-05-28T08:00:00.000Z"}, {"cursor", cursor}});
    }

    FakeKisi kisi;
};

TEST_F(KisiEventsTest, AnUnlockNamesDoorGroupsAndUser) {
    kisi.groups_of_lock[12] = {4711, 900};
    const Json event = parsed(door_event("lock.unlock"));
    EXPECT_EQ(event["id"], "d7cf0237-a492-4e5d-b20c-f58fc3ef4eff");
    EXPECT_EQ(event["kind"], "unlock");
    EXPECT_EQ(event["target"], "lock:12");
    EXPECT_EQ(event["target_name"], "Main Entrance");
    EXPECT_EQ(event["grant_targets"], Json({"group:4711", "group:900"}));
    EXPECT_EQ(event["person"], "Ada Example");
    EXPECT_EQ(event["person_reference"], Json({{"user_id", 7}}));
    EXPECT_EQ(event["success"], true);
    EXPECT_EQ(event["occurred_at"], "2022-10-06T13:49:35Z");
}

TEST_F(KisiEventsTest, ALocksGroupsAreAskedForOnce) {
    kisi.groups_of_lock[12] = {4711};
    parsed(door_event("lock.unlock"));
    parsed(door_event("lock.opened"));
    EXPECT_EQ(kisi.take_asked(), std::vector<std::string>{"GET /groups"});
    kisi.host.set_now_ms(1'780'000'000'000 + 601'000);
    parsed(door_event("lock.closed"));
    EXPECT_EQ(kisi.take_asked().size(), 1U);
}

TEST_F(KisiEventsTest, AFailedUnlockHasItsCode) {
    const Json event =
        parsed(door_event("lock.unlock", {{"success", false}, {"error_code", "fad001"}}));
    EXPECT_EQ(event["success"], false);
    EXPECT_EQ(event["reason"], "fad001");
}

TEST_F(KisiEventsTest, ARequestToExitHasNobody) {
    const Json event = parsed(door_event(
        "lock.unlock", {{"actor_type", nullptr}, {"actor_id", nullptr}, {"actor_name", nullptr}}));
    EXPECT_TRUE(event["person"].is_null());
    EXPECT_TRUE(event["person_reference"].is_null());
}

TEST_F(KisiEventsTest, AnAccessLinkIsNoUser) {
    const Json event = parsed(door_event("lock.unlock", {{"actor_type", "GroupLink"}}));
    EXPECT_EQ(event["person"], "Ada Example");
    EXPECT_TRUE(event["person_reference"].is_null());
}

TEST_F(KisiEventsTest, EveryTypeHasItsKind) {
    for (const auto& [type, kind] : std::map<std::string, std::string>{
             {"lock.locked", "lock"},
             {"lock.opened", "opened"},
             {"lock.closed", "closed"},
             {"lock.forced_open", "forced"},
             {"lock.held_open", "held_open"},
             {"lock.tailgate", "other"},
             {"reader.tamper", "tamper"},
             {"wireless_lock.battery_warning", "low_battery"},
             {"role_assignment.destroy", "grant_changed"},
             {"card.deactivate", "credential_changed"},
             {"integration.disable_due_to_error", "webhook_disabled"},
             {"brand.new", "other"}}) {
        EXPECT_EQ(parsed(door_event(type))["kind"], kind) << type;
    }
    EXPECT_EQ(parsed(door_event("brand.new"))["reason"], "brand.new");
    EXPECT_EQ(parsed(door_event("wireless_lock.battery_warning",
                                {{"object_type", "WirelessLock"}}))["target"],
              "wireless_lock:12");
    EXPECT_TRUE(parsed(door_event("role_assignment.create"))["target"].is_null());
}

TEST_F(KisiEventsTest, WhatIsNoEventIsInvalid) {
    for (const char* body : {"", "[]", "7", "{}", R"({"type":"lock.unlock"})", R"({"uuid":"a"})"}) {
        EXPECT_EQ(parse(body).kind, GATEHOUSE_INVALID) << body;
    }
}

TEST_F(KisiEventsTest, TheWebhookIsRegisteredOnce) {
    kisi.integrations[5] = {{"id", 5}, {"type", "slack"}, {"url", "https://hooks.example"}};
    EXPECT_EQ(subscribe()["state"], "ok");
    kisi.take_asked();
    EXPECT_EQ(subscribe()["state"], "ok");
    EXPECT_EQ(kisi.take_asked(), std::vector<std::string>{"GET /integrations"});
    ASSERT_EQ(kisi.integrations.size(), 2U);
    const Json& made = kisi.integrations.begin()->second;
    EXPECT_EQ(made["type"], "event_webhook");
    EXPECT_EQ(made["url"], "https://gate.example/v1/webhooks/acme/doors");
    EXPECT_EQ(made["signature_key"], "{{secret:webhook_secret}}");
    EXPECT_EQ(made["enabled_events"][0], "lock.unlock");
}

TEST_F(KisiEventsTest, AWebhookThatKisiSwitchedOffIsSwitchedOnAndReported) {
    subscribe();
    Json& ours = kisi.integrations.begin()->second;
    ours["disabled_due_to_error"] = true;
    EXPECT_EQ(subscribe()["state"], "repaired");
    EXPECT_EQ(ours["disabled_due_to_error"], false);
    EXPECT_EQ(subscribe()["state"], "ok");
    ours["enabled"] = false;
    EXPECT_EQ(subscribe()["state"], "repaired");
    EXPECT_EQ(ours["enabled"], true);
}

TEST_F(KisiEventsTest, AWebhookThatStaysOffIsDisabled) {
    subscribe();
    kisi.integrations.begin()->second["disabled_due_to_error"] = true;
    kisi.intercept = [](const std::string& what, const Json&) -> std::optional<Json> {
        if (what.starts_with("PATCH")) return Json{{"status", 204}, {"body", ""}};
        return std::nullopt;
    };
    EXPECT_EQ(subscribe()["state"], "disabled");
}

TEST_F(KisiEventsTest, TheHistoryIsReadByPages) {
    kisi.history_page = 2;
    for (int i = 0; i < 5; ++i) {
        kisi.history.push_back(door_event("lock.unlock", {{"uuid", "e" + std::to_string(i)}}));
    }
    kisi.history.push_back({{"rubbish", true}});
    std::vector<std::string> ids;
    Json cursor;
    do {
        const Outcome outcome = catch_up(cursor);
        ASSERT_EQ(outcome.kind, 0) << outcome.message;
        for (const Json& event : outcome.document["events"]) {
            ids.push_back(event["id"]);
        }
        cursor = outcome.document["next_cursor"];
    } while (!cursor.is_null());
    EXPECT_EQ(ids, (std::vector<std::string>{"e0", "e1", "e2", "e3", "e4"}));
    const Json asked = Json::parse(kisi.host.requests()[0]["body"].get<std::string>());
    EXPECT_EQ(asked["event_set"]["interval"], "2026-05-28T08:00:00Z/2026-05-28T20:26:40Z");
}

TEST_F(KisiEventsTest, ASearchThatIsPreparedIsWaitedFor) {
    kisi.history = {door_event("lock.opened")};
    kisi.polls_until_ready = 2;
    const Outcome outcome = catch_up();
    ASSERT_EQ(outcome.kind, 0) << outcome.message;
    EXPECT_EQ(outcome.document["events"].size(), 1U);
    EXPECT_TRUE(outcome.document["next_cursor"].is_null());
}

TEST_F(KisiEventsTest, AForeignCursorIsInvalid) {
    EXPECT_EQ(catch_up("x").kind, GATEHOUSE_INVALID);
    EXPECT_EQ(catch_up("-1:2").kind, GATEHOUSE_INVALID);
}

}  // namespace
}  // namespace gatehouse::kisi::test
