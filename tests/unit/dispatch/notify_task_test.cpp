#include "dispatch/notify_task.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/json.hpp"
#include "dispatch/route_news.hpp"
#include "dispatch/route_task.hpp"
#include "plugins/documents.hpp"
#include "support/stub_client.hpp"

namespace gatehouse::dispatch {
namespace {

using nlohmann::json;

constexpr std::int64_t kKeepIdsMs = 730LL * 86'400'000;
class FakeStoreganise final : public test::StubClient {
  public:
    std::map<std::string, json> objects;  // "jobs/j1"
    std::vector<std::string> asked;

    Result<json> object(const std::string& collection, const std::string& id,
                        observe::StepLog*) override {
        asked.push_back(collection + "/" + id);
        const auto found = objects.find(asked.back());
        if (found == objects.end()) return fail(ErrorKind::kNotFound, "no such object");
        return found->second;
    }
};

class FakePlugins final : public plugins::PluginHost {
  public:
    std::vector<plugins::Call> calls;
    Result<std::string> answer = std::string(R"({"schema":1,"detail":"sent"})");

    Result<std::string> call(const plugins::Call& call) override {
        calls.push_back(call);
        return answer;
    }
    const plugins::Manifest* manifest(const std::string&) const override { return nullptr; }
    std::vector<plugins::PluginStatus> status() const override { return {}; }
    void stop() override {}

    json document() const { return json::parse(calls.back().document); }
};

constexpr const char* kBody =
    R"({"id": "5bf48b", "created": "2026-11-22T08:00:00.000Z",
        "type": "job.unit_moveIn.created", "data": {"jobId": "j1"}})";

class NotifyTest : public testing::Test {
  protected:
    NotifyTest() {
        config_.business = "acme";
        auto client = std::make_unique<FakeStoreganise>();
        storeganise_ = client.get();
        storeganise_->objects = {
            {"jobs/j1", json::parse(R"({"id": "j1", "steps": [{"type": "start",
                "result": {"unitRentalId": {"id": "r1"}, "unitId": "u1"}}]})")},
            {"unit-rentals/r1",
             json::parse(R"({"id": "r1", "siteId": "s1", "unitId": "u1", "ownerId": "o1",
                "customFields": {"kisi_pinCode": "482915", "note": "x"}})")},
            {"units/u1", json::parse(R"({"id": "u1", "name": "A12", "siteId": "s1"})")},
            {"users/o1", json::parse(R"({"id": "o1", "name": "Ada",
                "language": "de"})")},
            {"sites/s1", json::parse(R"({"id": "s1", "code": "lon1",
                "title": {"en": "London", "de": "Londonn"}})")}};
        businesses_["acme"] = {&config_, std::move(client)};
    }

    config::Notify& add_route(std::vector<std::string> on, json message = json::object()) {
        config::Notify route;
        route.on = std::move(on);
        route.connection = "ops";
        route.message.value = std::move(message);
        config_.notify.push_back(std::move(route));
        return config_.notify.back();
    }

    static Task task(TaskKind kind, const std::string& key, int attempt = 1) {
        Task task;
        task.business = "acme";
        task.kind = kind;
        task.key = key;
        task.attempt = attempt;
        task.event_id = 9;
        task.event_type = "job.unit_moveIn.created";
        task.event_body = kBody;
        return task;
    }

    Outcome route(int attempt = 1) {
        return Router(businesses_, clock_, kKeepIdsMs)
            .run(task(TaskKind::kRoute, "9", attempt), steps_);
    }
    Outcome notify(const std::string& key = "9/0/ops", int attempt = 1) {
        return notifier_.run(task(TaskKind::kNotify, key, attempt), steps_);
    }
    // Of each message that the event makes now: its text and its id.
    std::map<std::string, std::string> told() {
        std::map<std::string, std::string> ids;
        for (const NewTask& message : route().follow_ups) {
            EXPECT_TRUE(notify(message.key).status);
            const json document = plugins_.document();
            ids[document["message"]["text"]] = document["id"];
        }
        return ids;
    }
    std::string said() const {
        std::string all;
        for (const observe::Step& step : steps_.steps())
            all += step.text + "\n";
        return all;
    }

    ManualClock clock_{1'800'000'000'000};
    config::Business config_;
    Businesses businesses_;
    FakeStoreganise* storeganise_ = nullptr;
    FakePlugins plugins_;
    Notifier notifier_{businesses_, plugins_, clock_};
    observe::StepLog steps_{clock_};
};

TEST_F(NotifyTest, EachRouteThatFitsGetsATaskOfItsOwn) {
    add_route({"invoice.*"});
    add_route({"job.*"});
    add_route({"job.unit_moveIn.created", "*"});
    const Outcome outcome = route();
    ASSERT_TRUE(outcome.status.has_value());
    ASSERT_EQ(outcome.follow_ups.size(), 2U);
    EXPECT_TRUE(outcome.follow_ups[0].key.starts_with("9/1/ops/")) << outcome.follow_ups[0].key;
    EXPECT_TRUE(outcome.follow_ups[1].key.starts_with("9/2/ops/")) << outcome.follow_ups[1].key;
    EXPECT_EQ(outcome.follow_ups[0].kind, TaskKind::kNotify);
    EXPECT_EQ(outcome.follow_ups[0].priority, Priority::kNormal);
    EXPECT_EQ(outcome.follow_ups[0].event_id, 9);
    EXPECT_TRUE(storeganise_->asked.empty());
}

TEST_F(NotifyTest, ARouteOfASiteIsHeldAgainstTheEventsOwnSite) {
    add_route({"job.*"}).sites = {"s1"};
    add_route({"job.*"}).sites = {"ber1", "lon1"};
    add_route({"job.*"}).sites = {"ber1"};
    const Outcome outcome = route();
    ASSERT_TRUE(outcome.status.has_value());
    ASSERT_EQ(outcome.follow_ups.size(), 2U);
    EXPECT_TRUE(outcome.follow_ups[0].key.starts_with("9/0/ops/"));
    EXPECT_TRUE(outcome.follow_ups[1].key.starts_with("9/1/ops/"));
    EXPECT_EQ(storeganise_->asked,
              (std::vector<std::string>{"jobs/j1", "unit-rentals/r1", "sites/s1"}));
}

TEST_F(NotifyTest, WhatIsNotThereYetIsAskedForAgainAndThenLeftOut) {
    storeganise_->objects.clear();
    add_route({"job.*"}).sites = {"s1"};
    EXPECT_EQ(route(1).status.error().kind, ErrorKind::kNotFound);
    const Outcome later = route(kPatientAttempts + 1);
    ASSERT_TRUE(later.status.has_value());
    EXPECT_TRUE(later.follow_ups.empty());
}

TEST_F(NotifyTest, FetchesFillsAndTells) {
    config::Notify& ops = add_route({"job.*"}, {{"text", "{{unit.name}} {{site.title}} {{x}}"}});
    ops.fetch = {"rental", "unit", "renter", "site", "invoice"};
    ASSERT_TRUE(notify().status.has_value()) << said();
    ASSERT_EQ(plugins_.calls.size(), 1U);
    EXPECT_EQ(plugins_.calls[0].function, "notify.send");
    EXPECT_EQ(plugins_.calls[0].connection, "ops");
    const json document = plugins_.document();
    EXPECT_EQ(plugins::fault_in("notify.send.request", document), "");
    EXPECT_EQ(document["message"]["text"], "A12 Londonn ");
    EXPECT_EQ(document["event"]["id"], "5bf48b");
    EXPECT_EQ(document["event"]["created_at"], "2026-11-22T08:00:00.000Z");
    EXPECT_EQ(document["event"]["data"]["jobId"], "j1");
    EXPECT_EQ(document["facts"]["site"]["title"]["en"], "London");
    EXPECT_FALSE(document["facts"].contains("invoice"));
    EXPECT_EQ(storeganise_->asked.size(), 5U);  // job, rental, unit, renter, site: once each
    EXPECT_NE(said().find("the message leaves out: x"), std::string::npos);
    EXPECT_NE(said().find("told ops: sent"), std::string::npos);
}

TEST_F(NotifyTest, AnEventOfAUnitKnowsTheUnitsRental) {
    storeganise_->objects["units/u1"]["rentalId"] = "r1";
    config::Notify& ops = add_route({"unit.occupied"}, {{"text", "{{unit.name}} {{rental.id}}"}});
    ops.fetch = {"rental", "unit"};
    Task occupied = task(TaskKind::kNotify, "9/0/ops");
    occupied.event_type = "unit.occupied";
    occupied.event_body = R"({"id": "5bf48c", "data": {"unitId": "u1"}})";
    ASSERT_TRUE(notifier_.run(occupied, steps_).status.has_value()) << said();
    EXPECT_EQ(plugins_.document()["message"]["text"], "A12 r1");
    EXPECT_EQ(storeganise_->asked.size(), 2U);

    storeganise_->objects["units/u1"].erase("rentalId");
    ASSERT_TRUE(notifier_.run(occupied, steps_).status.has_value()) << said();
    EXPECT_EQ(plugins_.document()["message"]["text"], "A12 ");
}

TEST_F(NotifyTest, P8_NoPinReachesAPlugin) {
    add_route({"job.*"}, {{"text", "{{rental.customFields.kisi_pinCode}}{{renter.name}}"}})
        .fetch = {"rental", "renter"};
    ASSERT_TRUE(notify().status.has_value());
    const std::string& document = plugins_.calls[0].document;
    EXPECT_EQ(document.find("482915"), std::string::npos);
    EXPECT_EQ(plugins_.document()["message"]["text"], "Ada");
}

TEST_F(NotifyTest, TheIdOfAMessageIsTheSameWheneverItIsSent) {
    add_route({"job.*"});
    add_route({"job.*"}, {{"text", "another"}});
    plugins_.answer = fail(ErrorKind::kUnavailable, "down");
    EXPECT_EQ(notify().status.error().kind, ErrorKind::kUnavailable);
    EXPECT_FALSE(notify("9/0/ops", 2).status);
    EXPECT_FALSE(notify("9/1/ops").status);
    const auto id = [this](std::size_t i) {
        return json::parse(plugins_.calls[i].document)["id"].get<std::string>();
    };
    EXPECT_EQ(id(0), id(1));
    EXPECT_NE(id(0), id(2));
    EXPECT_EQ(id(0).size(), 35U);
}

// A restored database gives rows other ids; whoever charges by the message's id must see the same.
TEST_F(NotifyTest, TheIdOfAMessageHangsOnTheEventAndTheRouteAlone) {
    add_route({"job.*"});
    add_route({"job.*"}, {{"text", "another"}});
    const auto id_of = [&](auto change, const std::string& key) {
        Task told = task(TaskKind::kNotify, key);
        told.event_source = "storeganise";
        told.event_sender_id = "5bf48b";
        change(told);
        EXPECT_TRUE(notifier_.run(told, steps_).status) << said();
        return json::parse(plugins_.calls.back().document)["id"].template get<std::string>();
    };
    const auto as_it_is = [](Task&) {};
    const std::string id = id_of(as_it_is, "9/0/ops");
    EXPECT_EQ(id_of([](Task& told) { told.event_id = 12; }, "12/0/ops"), id) << "another row";
    EXPECT_EQ(id_of([](Task& told) { told.attempt = 7; }, "9/0/ops"), id);
    EXPECT_EQ(
        id_of([](Task& told) { told.event_body = R"({"id":"5bf48b", "data": {}})"; }, "9/0/ops"),
        id)
        << "a body that was written otherwise";
    EXPECT_NE(id_of([](Task& told) { told.event_sender_id = "5bf48c"; }, "9/0/ops"), id);
    EXPECT_NE(id_of([](Task& told) { told.event_source = "doors"; }, "9/0/ops"), id);
    EXPECT_NE(id_of(as_it_is, "9/1/ops"), id);
    businesses_["bravo"] = {&config_, std::make_unique<FakeStoreganise>()};
    EXPECT_NE(id_of([](Task& told) { told.business = "bravo"; }, "9/0/ops"), id);
}

// Whoever adds or moves a route must not have the others' messages come again: a replayed charge
// would be charged twice.
TEST_F(NotifyTest, TheIdOfAMessageIsTheSameWhereverItsRouteStands) {
    add_route({"job.*"}, {{"text", "first"}});
    add_route({"job.unit_moveIn.created"}, {{"text", "second"}, {"price", 5}}).sites = {"s1"};
    add_route({"*"}, {{"text", "third"}}).connection = "desk";
    const auto before = told();
    ASSERT_EQ(before.size(), 3U);
    std::vector<config::Notify>& routes = config_.notify;
    const auto is_unchanged = [&] {
        auto now = told();
        return std::ranges::all_of(before, [&](const auto& one) {
            return now.contains(one.first) && now.at(one.first) == one.second;
        });
    };
    std::ranges::reverse(routes);
    EXPECT_TRUE(is_unchanged()) << "reversed";
    add_route({"job.*"}, {{"text", "new"}});
    std::rotate(routes.begin(), routes.end() - 1, routes.end());
    EXPECT_TRUE(is_unchanged()) << "one more before them, through the same connection";
    EXPECT_NE(told().at("new"), before.at("first"));
    routes[1].rate = {5, 1000};
    routes[1].fetch = {"unit"};
    routes[3].on = {"job.unit_moveIn.*", "invoice.*"};
    EXPECT_TRUE(is_unchanged()) << "asked for other events, at another rate, with other facts";
}

// A message that waits meets a configuration that was changed meanwhile.
TEST_F(NotifyTest, AMessageThatWaitsIsItsOwnRoutesWhereverThatIsNow) {
    add_route({"job.*"}, {{"text", "first"}});
    add_route({"invoice.*", "job.*"}, {{"text", "second"}});
    const std::vector<NewTask> waiting = route().follow_ups;
    ASSERT_EQ(waiting.size(), 2U);
    const auto text_of = [&](std::size_t i) -> std::string {
        plugins_.calls.clear();
        EXPECT_TRUE(notify(waiting[i].key).status);
        return plugins_.calls.empty() ? "" : plugins_.document()["message"]["text"];
    };
    std::vector<config::Notify>& routes = config_.notify;
    std::ranges::reverse(routes);
    EXPECT_EQ(text_of(0), "first");
    EXPECT_EQ(text_of(1), "second");
    add_route({"job.*"}, {{"text", "new"}});
    std::rotate(routes.begin(), routes.end() - 1, routes.end());
    EXPECT_EQ(text_of(0), "first");
    const std::string id = plugins_.document()["id"];
    routes[2].message.value = {{"text", "first, mended"}};
    EXPECT_EQ(text_of(0), "") << "it may be either of two for the same events";
    routes.erase(routes.begin());
    EXPECT_EQ(text_of(0), "first, mended");
    EXPECT_EQ(plugins_.document()["id"], id) << "for the receiver it is the message that it knows";
    routes.erase(routes.begin() + 1);
    EXPECT_EQ(text_of(0), "") << "and never another route's text";
    EXPECT_EQ(text_of(1), "second");
}

// Whether it was told before nobody knows any more, and its webhook may be anybody's copy.
TEST_F(NotifyTest, AnEventOlderThanIdsAreKnownIsToldNobody) {
    add_route({"job.*"});
    const auto kind_at = [&](UnixMs now_ms) {
        clock_.set_ms(now_ms);
        const Outcome outcome = route();
        EXPECT_EQ(outcome.follow_ups.size(), outcome.status ? 1U : 0U);
        return outcome.status ? std::nullopt : std::optional(outcome.status.error().kind);
    };
    const UnixMs made_ms = *parse_utc("2026-11-22T08:00:00.000Z");
    EXPECT_EQ(kind_at(made_ms), std::nullopt);
    EXPECT_EQ(kind_at(made_ms - 1), std::nullopt) << "made by a clock that is ahead";
    EXPECT_EQ(kind_at(made_ms + kKeepIdsMs), std::nullopt);
    EXPECT_EQ(kind_at(made_ms + kKeepIdsMs + 1), ErrorKind::kInvalid);
    config_.notify.clear();
    EXPECT_TRUE(route().status) << "and where nobody is told there is nothing to refuse";
}

TEST_F(NotifyTest, ARoutesRateIsItsOwnAndWaitsOutItsTime) {
    add_route({"job.*"}).rate = {2, 60'000};
    add_route({"job.*"});
    EXPECT_TRUE(notify().status);
    clock_.advance_ms(10'000);
    EXPECT_TRUE(notify().status);
    const Outcome third = notify();
    ASSERT_FALSE(third.status);
    EXPECT_EQ(third.status.error().kind, ErrorKind::kRateLimited);
    EXPECT_EQ(third.status.error().retry_after_ms, 50'000);
    EXPECT_TRUE(notify("9/1/ops").status);
    clock_.advance_ms(50'000);
    EXPECT_TRUE(notify().status);
    EXPECT_FALSE(notify().status);
    EXPECT_EQ(plugins_.calls.size(), 4U);
}

TEST_F(NotifyTest, AMessageWhoseRouteIsGoneIsNotSent) {
    add_route({"invoice.*"});
    EXPECT_TRUE(notify("9/0/ops").status);    // no longer for this type
    EXPECT_TRUE(notify("9/0/other").status);  // another route in its place
    EXPECT_TRUE(notify("9/7/ops").status);
    EXPECT_TRUE(plugins_.calls.empty());
    EXPECT_EQ(notify("nonsense").status.error().kind, ErrorKind::kInvalid);
    businesses_.clear();
    EXPECT_TRUE(notify().status);
    EXPECT_TRUE(route().status);
}

TEST_F(NotifyTest, AlertsAreToldWithTheFactsOfTheirRental) {
    add_route({"job.*"});
    add_route({"gatehouse.alert.*"}, {{"text", "{{event.data.text}}: {{unit.name}}"}}).fetch = {
        "unit"};
    AlertRecord alert;
    alert.business = "acme";
    alert.subject = "rental:r1";
    alert.text = "the renter has no e-mail address";
    alert.rental_id = "r1";
    alert.raised_ms = clock_.now_ms();
    RouteNews news(businesses_, clock_);
    const std::vector<NewTask> tasks = news.tell(alert, AlertTurn::kRaised);
    ASSERT_EQ(tasks.size(), 1U);
    Task told = task(TaskKind::kNotify, tasks[0].key);
    told.event_id = 0;
    told.event_type = "";
    told.event_body = "";
    ASSERT_TRUE(notifier_.run(told, steps_).status) << said();
    const json document = plugins_.document();
    EXPECT_EQ(plugins::fault_in("notify.send.request", document), "");
    EXPECT_EQ(document["event"]["type"], "gatehouse.alert.raised");
    EXPECT_EQ(document["message"]["text"], "the renter has no e-mail address: A12");
    EXPECT_NE(news.tell(alert, AlertTurn::kCured)[0].key, tasks[0].key);
}

TEST_F(NotifyTest, AnAlertOfAnotherSiteIsNotTold) {
    add_route({"gatehouse.alert.raised"}).sites = {"ber1"};
    AlertRecord alert;
    alert.business = "acme";
    alert.subject = "rental:r1";
    alert.rental_id = "r1";
    const auto tasks = RouteNews(businesses_, clock_).tell(alert, AlertTurn::kRaised);
    ASSERT_EQ(tasks.size(), 1U);
    EXPECT_TRUE(notifier_.run(task(TaskKind::kNotify, tasks[0].key), steps_).status);
    EXPECT_TRUE(plugins_.calls.empty());
}

}  // namespace
}  // namespace gatehouse::dispatch
