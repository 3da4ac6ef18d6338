#include "dispatch/care_task.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "base/json.hpp"
#include "support/fake_lookups.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr UnixMs kNow = 1'790'000'000'000;

// Answers each function from a list of its own; the last answer stays.
class FakePlugins final : public plugins::PluginHost {
  public:
    Result<std::string> call(const plugins::Call& call) override {
        asked.push_back(call.function);
        requests[call.function] = *parse_json(call.document);
        auto& own = answers[call.function];
        if (own.empty()) return fail(ErrorKind::kUnsupported, "not offered");
        const Result<std::string> answer = own.front();
        if (own.size() > 1) own.pop_front();
        return answer;
    }
    const plugins::Manifest* manifest(const std::string&) const override { return &of_plugin; }
    std::vector<plugins::PluginStatus> status() const override { return {}; }
    void stop() override {}

    plugins::Manifest of_plugin;
    std::map<std::string, std::deque<Result<std::string>>> answers;
    std::vector<std::string> asked;
    std::map<std::string, json> requests;
};

class NoRecords final : public access::RentalRecords {
  public:
    Result<std::optional<access::RentalRecord>> rental(const std::string&,
                                                       const std::string&) override {
        return std::nullopt;
    }
    Result<std::vector<access::RentalRecord>> rentals(const std::string&, const std::string& after,
                                                      int) override {
        access::RentalRecord record;
        record.rental_id = "r1";
        record.connection = "doors";
        record.grant_json = "{}";
        record.targets = {"lock:1", "lock:2"};
        if (after.empty()) return std::vector{record};
        return std::vector<access::RentalRecord>{};
    }
};

class CareTest : public testing::Test {
  protected:
    CareTest() {
        config_.listen.public_url = "https://gate.example";
        config::Connection doors;
        doors.name = "doors";
        doors.plugin = "kisi";
        doors.webhook_secrets = {{Secret("HUSH"), "env:KEY"}};
        config::Business& acme = config_.businesses["acme"];
        acme.business = "acme";
        acme.connections["doors"] = doors;
        businesses_["acme"].config = &acme;
        plugins_.of_plugin.features = {"gatehouse.access/1", "gatehouse.events/1"};
        answer("access.probe", R"({"schema":1,"detail":"fine"})");
        answer("events.subscribe", R"({"schema":1,"state":"ok"})");
        answer("events.catch_up", R"({"schema":1,"events":[]})");
    }

    void answer(const std::string& function, Result<std::string> answer) {
        plugins_.answers[function] = {std::move(answer)};
    }

    Outcome run() {
        Task task;
        task.business = "acme";
        task.kind = TaskKind::kCare;
        task.key = "doors";
        task.first_due_ms = first_due_ms_;
        observe::StepLog steps(clock_);
        Outcome outcome =
            Carer(config_, businesses_, plugins_, records_, lookups_, clock_).run(task, steps);
        EXPECT_TRUE(outcome.never_dies);
        return outcome;
    }

    // "raised: text" or "cured" of the connection's alert.
    static std::string alert_of(const Outcome& outcome) {
        for (const AlertChange& change : outcome.alert_changes) {
            if (change.subject == "connection:doors") {
                return change.is_raised ? "raised: " + change.text : "cured";
            }
        }
        return "";
    }

    ManualClock clock_{kNow};
    config::Config config_;
    Businesses businesses_;
    FakePlugins plugins_;
    NoRecords records_;
    test::FakeLookups lookups_;
    UnixMs first_due_ms_ = kNow;
};

TEST_F(CareTest, AWellConnectionIsAskedAndComesAgain) {
    const Outcome outcome = run();
    ASSERT_TRUE(outcome.status);
    EXPECT_EQ(outcome.again_ms, kNow + config_.dispatch.care_ms);
    EXPECT_EQ(alert_of(outcome), "cured");
    EXPECT_THAT(plugins_.asked, ElementsAre("access.probe", "events.subscribe", "events.catch_up"));
    const json& asked = plugins_.requests["events.subscribe"];
    EXPECT_EQ(asked["url"], "https://gate.example/v1/webhooks/acme/doors");
    EXPECT_FALSE(asked.contains("secret")) << "the plugins' host puts the reference in";
    EXPECT_EQ(asked["targets"], json({"lock:1", "lock:2"}));
}

TEST_F(CareTest, WithoutAPublicUrlOrASecretNothingIsRegistered) {
    config_.listen.public_url.clear();
    run();
    EXPECT_THAT(plugins_.asked, ElementsAre("access.probe", "events.catch_up"));
    config_.listen.public_url = "https://gate.example";
    config_.businesses["acme"].connections["doors"].webhook_secrets.clear();
    run();
    EXPECT_FALSE(plugins_.requests.contains("events.subscribe"));
}

TEST_F(CareTest, ARepairIsToldAndTheNextGoodRunCures) {
    answer("events.subscribe", R"({"schema":1,"state":"repaired","detail":"integration 7"})");
    const Outcome repaired = run();
    EXPECT_TRUE(repaired.status);
    EXPECT_THAT(alert_of(repaired), HasSubstr("raised: connection doors: the vendor had switched"));
    answer("events.subscribe", R"({"schema":1,"state":"ok"})");
    EXPECT_EQ(alert_of(run()), "cured");
    answer("events.subscribe", R"({"schema":1,"state":"disabled","detail":"no licence"})");
    EXPECT_THAT(alert_of(run()), HasSubstr("no licence"));
}

TEST_F(CareTest, ARefusedKeyAlertsAndTheRestIsTriedAllTheSame) {
    answer("access.probe", fail(ErrorKind::kAuth, "Kisi answered 401"));
    const Outcome outcome = run();
    ASSERT_FALSE(outcome.status);
    EXPECT_EQ(outcome.status.error().kind, ErrorKind::kAuth);
    EXPECT_EQ(alert_of(outcome), "raised: connection doors: Kisi answered 401");
    EXPECT_THAT(plugins_.asked, ElementsAre("access.probe", "events.subscribe", "events.catch_up"));
}

TEST_F(CareTest, AnOutageIsRetriedWithoutAnAlertOrACure) {
    answer("events.catch_up", fail(ErrorKind::kUnavailable, "time-out"));
    const Outcome outcome = run();
    ASSERT_FALSE(outcome.status);
    EXPECT_EQ(alert_of(outcome), "");
    EXPECT_FALSE(outcome.again_ms);
}

TEST_F(CareTest, WhatThePluginCannotDoIsNoFault) {
    plugins_.answers.clear();
    const Outcome outcome = run();
    EXPECT_TRUE(outcome.status);
    EXPECT_EQ(alert_of(outcome), "cured");
}

TEST_F(CareTest, EventsSinceTheLastGoodRunAreAskedForPageByPage) {
    first_due_ms_ = kNow - 5 * 3'600'000;
    plugins_.answers["events.catch_up"] = {
        std::string(R"({"schema":1,"events":[{"id":"1","kind":"unlock","target":"lock:1",)"
                    R"("occurred_at":"2026-09-21T10:00:00Z"}],"next_cursor":"p2"})"),
        std::string(R"({"schema":1,"events":[],"next_cursor":"p3"})"),
        std::string(R"({"schema":1,"events":[{"id":"2","kind":"low_battery","target":"lock:1",)"
                    R"("occurred_at":"2026-09-21T11:00:00Z"},{"id":"3","kind":"webhook_disabled",)"
                    R"("occurred_at":"2026-09-21T11:00:00Z"}]})")};
    const Outcome outcome = run();
    ASSERT_TRUE(outcome.status);
    EXPECT_EQ(plugins_.requests["events.catch_up"]["since"], format_utc(kNow - 6 * 3'600'000));
    EXPECT_EQ(plugins_.requests["events.catch_up"]["cursor"], "p3");
    ASSERT_EQ(outcome.access_events.size(), 3U);
    EXPECT_EQ(outcome.access_events[0].connection, "doors");
    EXPECT_EQ(alert_of(outcome), "cured") << "the webhook's past is no fault of today";
    EXPECT_EQ(outcome.alert_changes.front().subject, "door:lock:1");
}

TEST_F(CareTest, APluginThatNeverEndsItsPagesIsCutOff) {
    answer("events.catch_up", R"({"schema":1,"events":[],"next_cursor":"again"})");
    const Outcome outcome = run();
    EXPECT_TRUE(outcome.status);
    EXPECT_EQ(plugins_.asked.size(), 102U);
}

TEST_F(CareTest, WhatIsGoneFromTheConfigurationEndsWell) {
    Task task;
    task.business = "acme";
    task.key = "gates";
    observe::StepLog steps(clock_);
    Carer carer(config_, businesses_, plugins_, records_, lookups_, clock_);
    const Outcome outcome = carer.run(task, steps);
    EXPECT_TRUE(outcome.status);
    EXPECT_FALSE(outcome.again_ms);
    EXPECT_TRUE(plugins_.asked.empty());
}

TEST_F(CareTest, EachConnectionGetsOneTaskThatLeavesAWaitingOneAlone) {
    const std::vector<NewTask> tasks = care_tasks(config_, kNow);
    ASSERT_EQ(tasks.size(), 2U);
    EXPECT_EQ(tasks[0].key, kAccountCareKey);
    EXPECT_EQ(tasks[0].due_ms, kNow);
    EXPECT_EQ(tasks[1].key, "doors");
    EXPECT_TRUE(tasks[0].only_if_absent);
    EXPECT_TRUE(tasks[1].only_if_absent);
}

TEST_F(CareTest, P10_TheConnectionsOfAHostThatStartsAreCaredForOneAfterTheOther) {
    for (const int businesses : {2, 100, 2'000, 10'000}) {
        config::Config config;
        for (int i = 0; i < businesses; ++i) {
            config.businesses["b" + std::to_string(i)].connections["doors"] = {};
        }
        std::vector<NewTask> tasks = care_tasks(config, kNow);
        // The account and the doors of each.
        ASSERT_EQ(tasks.size(), 2 * static_cast<std::size_t>(businesses));
        const std::int64_t most_apart_ms =
            std::min(kCareApartMs, config.dispatch.care_ms / (2 * businesses));
        for (std::size_t i = 1; i < tasks.size(); ++i) {
            EXPECT_EQ(tasks[i].due_ms - tasks[i - 1].due_ms, most_apart_ms);
            EXPECT_TRUE(tasks[i].pushes_back);
        }
        EXPECT_LT(tasks.back().due_ms, kNow + config.dispatch.care_ms);
    }
}

}  // namespace
}  // namespace gatehouse::dispatch
