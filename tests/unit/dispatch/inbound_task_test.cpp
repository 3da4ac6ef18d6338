#include "dispatch/inbound_task.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "dispatch/vendor_alerts.hpp"
#include "support/fake_lookups.hpp"

namespace gatehouse::dispatch {
namespace {

class FakePlugins final : public plugins::PluginHost {
  public:
    Result<std::string> call(const plugins::Call& call) override {
        asked = call.connection + " " + call.function;
        request = call.document;
        return answer;
    }
    const plugins::Manifest* manifest(const std::string&) const override { return nullptr; }
    std::vector<plugins::PluginStatus> status() const override { return {}; }
    void stop() override {}

    std::string asked;
    std::string request;
    Result<std::string> answer = std::string(R"({"schema":1,"events":[]})");
};

class InboundTaskTest : public testing::Test {
  protected:
    InboundTaskTest() {
        acme_.connections["doors"].name = "doors";
        businesses_["acme"].config = &acme_;
    }

    Outcome run(const std::string& events, const std::string& key = "doors/e1") {
        if (!events.empty()) plugins_.answer = R"({"schema":1,"events":)" + events + "}";
        Task task;
        task.business = "acme";
        task.kind = TaskKind::kInbound;
        task.key = key;
        task.event_body = R"({"uuid":"e1"})";
        observe::StepLog steps(clock_);
        return InboundReader(businesses_, plugins_, lookups_, clock_).run(task, steps);
    }

    ManualClock clock_{1'790'000'000'000};
    config::Business acme_;
    Businesses businesses_;
    FakePlugins plugins_;
    test::FakeLookups lookups_;
};

TEST_F(InboundTaskTest, ThePluginReadsTheBodyAndTheEventsAreKept) {
    const Outcome outcome = run(
        R"([{"id":"e1","kind":"unlock","target":"lock:5","occurred_at":"2026-11-22T08:00:00Z"}])");
    ASSERT_TRUE(outcome.status);
    EXPECT_EQ(plugins_.asked, "doors inbound.parse");
    EXPECT_EQ((*parse_json(plugins_.request))["body"], R"({"uuid":"e1"})");
    ASSERT_EQ(outcome.access_events.size(), 1U);
    EXPECT_EQ(outcome.access_events[0].kind, "unlocked");
    EXPECT_EQ(outcome.access_events[0].received_ms, clock_.now_ms());
    EXPECT_TRUE(outcome.alert_changes.empty());
}

TEST_F(InboundTaskTest, WhatThePluginCannotReadEndsWithItsReason) {
    plugins_.answer = fail(ErrorKind::kInvalid, "this is no event of Kisi");
    const Outcome outcome = run("");
    ASSERT_FALSE(outcome.status);
    EXPECT_EQ(outcome.status.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(outcome.status.error().message, "this is no event of Kisi");
}

TEST_F(InboundTaskTest, AConnectionThatIsGoneIsNotFound) {
    EXPECT_EQ(run("[]", "gates/e1").status.error().kind, ErrorKind::kNotFound);
}

TEST_F(InboundTaskTest, ABatteryAndASwitchedOffWebhookAlert) {
    const Outcome outcome =
        run(R"([{"id":"1","kind":"low_battery","target":"lock:5","target_name":"North gate",)"
            R"("occurred_at":"2026-11-22T08:00:00Z"},)"
            R"({"id":"2","kind":"low_battery","target":"lock:5","success":true,)"
            R"("occurred_at":"2026-11-22T09:00:00Z"},)"
            R"({"id":"3","kind":"webhook_disabled","occurred_at":"2026-11-22T10:00:00Z"}])");
    ASSERT_EQ(outcome.alert_changes.size(), 3U);
    EXPECT_EQ(outcome.alert_changes[0].subject, "door:lock:5");
    EXPECT_TRUE(outcome.alert_changes[0].is_raised);
    EXPECT_EQ(outcome.alert_changes[0].text,
              "the battery of North gate (lock:5) is low, says connection doors");
    EXPECT_FALSE(outcome.alert_changes[1].is_raised);
    EXPECT_EQ(outcome.alert_changes[2].subject, connection_subject("doors"));
    EXPECT_TRUE(outcome.alert_changes[2].is_raised);
}

}  // namespace
}  // namespace gatehouse::dispatch
