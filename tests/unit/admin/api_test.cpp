#include "admin/api.hpp"

#include <gtest/gtest.h>

#include "unit/admin/fakes.hpp"

namespace gatehouse::admin {
namespace {

using nlohmann::json;

class ApiTest : public ::testing::Test {
  protected:
    edge::HttpResponse ask(std::string_view method, std::string_view path,
                           std::string_view query = "") {
        const auto request = parse_request(method, path, query);
        EXPECT_TRUE(request) << path;
        auto response = Api(world_.dependencies()).answer(*request);
        EXPECT_EQ(response.body.find("HUSH"), std::string::npos) << response.body;
        return response;
    }

    json get(std::string_view path, std::string_view query = "") {
        const auto response = ask("GET", path, query);
        EXPECT_EQ(response.status, 200) << path << ' ' << response.body;
        return parse_json(response.body).value_or(json());
    }

    World world_;
};

TEST_F(ApiTest, ListsEventsNewestFirstByPages) {
    for (const char* id : {"a", "b", "c"})
        world_.append(id);
    world_.append("d", store::EventState::kIgnored);
    const json first = get("/v1/events", "limit=3");
    ASSERT_EQ(first["events"].size(), 3U);
    EXPECT_EQ(first["events"][0]["sender_id"], "d");
    EXPECT_EQ(first["events"][0]["received"], "2023-11-14T22:13:20.000Z");
    const json rest = get("/v1/events", "limit=3&before=" + first["next_before"].dump());
    ASSERT_EQ(rest["events"].size(), 1U);
    EXPECT_EQ(rest["events"][0]["sender_id"], "a");
    EXPECT_TRUE(rest["next_before"].is_null());
    EXPECT_EQ(get("/v1/events", "state=ignored")["events"].size(), 1U);
}

TEST_F(ApiTest, P8_ShowsAnEventWithItsTimelineButNotItsBody) {
    const std::int64_t id = world_.append("a/b");
    const json event = get("/v1/events/" + std::to_string(id));
    EXPECT_EQ(event["state"], "open");
    EXPECT_EQ(event["verified_by"], "env:NEW");
    EXPECT_EQ(event["timeline"][0]["kind"], "received");
    EXPECT_EQ(event["body_bytes"], 19);
    EXPECT_EQ(get("/v1/events/by-sender/acme/storeganise/a%2Fb"), event);
    EXPECT_EQ(ask("GET", "/v1/events/999").status, 404);
    EXPECT_EQ(ask("GET", "/v1/events/x").status, 400);
    EXPECT_EQ(ask("GET", "/v1/events/by-sender/acme/storeganise/z").status, 404);
}

TEST_F(ApiTest, ReplayOfAnEventIsNotSwallowedAsADuplicate) {
    const std::int64_t id = world_.append("a");
    world_.work({});
    EXPECT_EQ(get("/v1/events/" + std::to_string(id))["state"], "done");
    EXPECT_EQ(world_.store->queue_state()->waiting, 0);
    const std::string path = "/v1/events/" + std::to_string(id) + "/replay";
    EXPECT_EQ(ask("POST", path).status, 202);
    EXPECT_EQ(world_.store->queue_state()->waiting, 1);
    const auto leased =
        world_.store->lease({{"acme", 5}}, world_.clock.now_ms(), world_.clock.now_ms() + 1000);
    ASSERT_EQ(leased->tasks.size(), 1U);
    EXPECT_EQ(leased->tasks[0].event_id, id);
    EXPECT_EQ(leased->tasks[0].attempt, 1);
    EXPECT_EQ(ask("POST", "/v1/events/999/replay").status, 404);
    EXPECT_EQ(ask("GET", path).status, 405);
}

TEST_F(ApiTest, ReplayOfAnEventThatIsOnlyToldAsksForItsRoutes) {
    const std::int64_t id = world_.append("a", store::EventState::kDone, "unit.blocked");
    EXPECT_EQ(ask("POST", "/v1/events/" + std::to_string(id) + "/replay").status, 202);
    const auto leased =
        world_.store->lease({{"acme", 5}}, world_.clock.now_ms(), world_.clock.now_ms() + 1000);
    ASSERT_EQ(leased->tasks.size(), 1U);
    EXPECT_EQ(leased->tasks[0].kind, dispatch::TaskKind::kRoute);
    EXPECT_EQ(leased->tasks[0].event_id, id);
    EXPECT_EQ(leased->tasks[0].event_type, "unit.blocked");
}

TEST_F(ApiTest, AnUnusableEventCannotBeReplayed) {
    const std::int64_t id = world_.append("a", store::EventState::kInvalid);
    EXPECT_EQ(ask("POST", "/v1/events/" + std::to_string(id) + "/replay").status, 409);
}

TEST_F(ApiTest, ListsAndReplaysDeadLetters) {
    world_.append("a");
    dispatch::Completion completion;
    completion.outcome = dispatch::Completion::Outcome::kDead;
    completion.error = Error{ErrorKind::kNotFound, "no such job"};
    world_.work(completion);
    const json letters = get("/v1/dead-letters")["dead_letters"];
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0]["error"], "not_found");
    EXPECT_EQ(letters[0]["task"], "resolve");
    EXPECT_EQ(letters[0]["message"], "no such job");
    const std::string path = "/v1/dead-letters/" + letters[0]["id"].dump() + "/replay";
    EXPECT_EQ(ask("POST", path).status, 202);
    EXPECT_EQ(ask("POST", path).status, 404);
    EXPECT_EQ(world_.store->queue_state()->waiting, 1);
}

TEST_F(ApiTest, DiscardsADeadLetter) {
    world_.append("a");
    dispatch::Completion completion;
    completion.outcome = dispatch::Completion::Outcome::kDead;
    completion.error = Error{ErrorKind::kInvalid, "the event names nothing"};
    world_.work(completion);
    const json letters = get("/v1/dead-letters")["dead_letters"];
    ASSERT_EQ(letters.size(), 1U);
    const std::string path = "/v1/dead-letters/" + letters[0]["id"].dump() + "/discard";
    EXPECT_EQ(ask("POST", path).status, 200);
    EXPECT_EQ(ask("POST", path).status, 404);
    EXPECT_EQ(ask("POST", "/v1/dead-letters/x/discard").status, 400);
    EXPECT_EQ(get("/v1/dead-letters")["dead_letters"].size(), 0U);
    EXPECT_EQ(world_.store->queue_state()->waiting, 0);
}

TEST_F(ApiTest, ShowsTheLastUseOfEachSecretByLabel) {
    world_.append("a");
    const json business = get("/v1/businesses")["businesses"][0];
    EXPECT_EQ(business["business"], "acme");
    const json secrets = business["storeganise"]["webhook_secrets"];
    ASSERT_EQ(secrets.size(), 2U);
    EXPECT_EQ(secrets[0]["label"], "env:OLD");
    EXPECT_TRUE(secrets[0]["last_used"].is_null());
    EXPECT_EQ(secrets[1]["label"], "env:NEW");
    EXPECT_TRUE(secrets[1]["last_used"].is_string());
    EXPECT_EQ(business["sites"][0]["access"], "doors");
    EXPECT_EQ(business["connections"][0]["plugin"], "kisi");
    EXPECT_EQ(get("/v1/businesses", "after=acme")["businesses"].size(), 0U);
}

TEST_F(ApiTest, IsReadyWhilePluginsFailButNotWhileTheyStart) {
    plugins::PluginStatus kisi;
    kisi.id = "kisi";
    kisi.state = plugins::PluginState::kStarting;
    world_.plugins.statuses = {kisi};
    EXPECT_EQ(ask("GET", "/readyz").status, 503);
    for (const auto state : {plugins::PluginState::kReady, plugins::PluginState::kRestarting,
                             plugins::PluginState::kRefused}) {
        world_.plugins.statuses[0].state = state;
        EXPECT_EQ(get("/readyz")["ready"], true);
    }
}

TEST_F(ApiTest, ReadinessTellsTheAgeOfTheOldestTask) {
    EXPECT_TRUE(get("/readyz")["oldest_due_age_ms"].is_null());
    world_.append("a");
    world_.clock.advance_ms(5000);
    const json ready = get("/readyz");
    EXPECT_EQ(ready["oldest_due_age_ms"], 5000);
    EXPECT_EQ(ready["fingerprint"], "f1ngerpr1nt");
}

TEST_F(ApiTest, IsNotReadyWithoutTheStore) {
    world_.store->close();
    const auto response = ask("GET", "/readyz");
    EXPECT_EQ(response.status, 503);
    EXPECT_NE(response.body.find("not writable"), std::string::npos);
}

TEST_F(ApiTest, ShowsPluginsAndMetrics) {
    plugins::PluginStatus kisi;
    kisi.id = "kisi";
    kisi.state = plugins::PluginState::kRefused;
    kisi.reason = "wrong magic";
    world_.plugins.statuses = {kisi};
    const json list = get("/v1/plugins")["plugins"];
    EXPECT_EQ(list[0]["state"], "refused");
    EXPECT_EQ(list[0]["reason"], "wrong magic");
    world_.metrics.counter("gatehouse_test_total", "A test.").add(3);
    const auto metrics = ask("GET", "/metrics");
    EXPECT_NE(metrics.body.find("gatehouse_test_total 3"), std::string::npos);
    EXPECT_EQ(metrics.content_type.find("text/plain; version=0.0.4"), 0U);
}

TEST_F(ApiTest, RefusesParametersThatItDoesNotKnow) {
    for (const char* query :
         {"limit=0", "limit=501", "limit=x", "before=0", "before=x", "state=odd", "sate=open"}) {
        EXPECT_EQ(ask("GET", "/v1/events", query).status, 400) << query;
    }
    EXPECT_EQ(ask("GET", "/v1/version", "x=1").status, 400);
}

TEST_F(ApiTest, ListsAndExplainsRentals) {
    world_.append("a");
    auto record = std::make_shared<access::RentalRecord>();
    record->business = "acme";
    record->rental_id = "r1";
    record->connection = "doors";
    record->unit_name = "A12";
    record->desired_json = R"({"schema":1,"state":"active","reasons":["occupied"]})";
    record->grant_json = R"({"schema":1,"state":"active","targets":[{"target":"group:1"}]})";
    record->fields_json = R"({"kisi_pinCode":"HUSH-1234"})";
    dispatch::Completion completion;
    completion.rental = record;
    completion.follow_ups.push_back(
        {"acme", dispatch::TaskKind::kReconcile, "r1", world_.clock.now_ms(), 0});
    world_.work(completion);
    const json rentals = get("/v1/rentals/acme")["rentals"];
    ASSERT_EQ(rentals.size(), 1U);
    EXPECT_EQ(rentals[0]["rental"], "r1");
    EXPECT_EQ(rentals[0]["granted"], "active");
    EXPECT_EQ(get("/v1/rentals/acme", "after=r1")["rentals"].size(), 0U);
    EXPECT_EQ(ask("GET", "/v1/rentals/nobody").status, 404);
    const json story = get("/v1/rentals/acme/r1/explain");
    EXPECT_EQ(story["summary"], "the renter may open group:1 (occupied)");
    EXPECT_EQ(story["fields_written"], json::array({"kisi_pinCode"}));
    EXPECT_EQ(story["pending"]["attempts"], 0);
    EXPECT_EQ(story["events"][0]["type"], "job.unit_moveIn.completed");
    EXPECT_EQ(story["rule"]["access"], "doors");
    EXPECT_EQ(get("/v1/explain/acme/rental/r1"), story);
    EXPECT_EQ(ask("GET", "/v1/rentals/acme/r2/explain").status, 404);
}

TEST_F(ApiTest, ExplainsUnitsRentersAndTargetsByPages) {
    world_.append("a");
    for (const char* id : {"r1", "r2", "r3"}) {
        auto record = std::make_shared<access::RentalRecord>();
        record->business = "acme";
        record->rental_id = id;
        record->unit_id = "u1";
        record->renter_id = "p1";
        record->targets = {"lock:1/2"};
        record->grant_json = R"({"state":"active","targets":[{"target":"lock:1/2"}]})";
        dispatch::Completion completion;
        completion.rental = record;
        completion.again_ms = world_.clock.now_ms();
        completion.alert_changes = {{"rental:r1", true, "no e-mail"}};
        world_.work(completion);
    }
    for (const char* path : {"unit/u1", "renter/p1", "target/lock:1%2F2"}) {
        const std::string whole = std::string("/v1/explain/acme/") + path;
        const json first = get(whole, "limit=2");
        EXPECT_EQ(first["can_open"].size(), 2U) << path;
        EXPECT_EQ(first["can_open"][0]["alerts"][0]["text"], "no e-mail") << path;
        EXPECT_EQ(first["next_after"], "r2") << path;
        const json second = get(whole, "limit=2&after=r2");
        EXPECT_EQ(second["can_open"][0]["rental"], "r3") << path;
        EXPECT_TRUE(second["next_after"].is_null()) << path;
    }
    EXPECT_EQ(ask("GET", "/v1/explain/acme/unit/u2").status, 404);
    EXPECT_EQ(ask("GET", "/v1/explain/bravo/unit/u1").status, 404);
    EXPECT_EQ(ask("GET", "/v1/explain/acme/person/p1").status, 400);
}

// Lets a task end with these events of the connection "doors", a minute apart.
void log_events(World& world, const std::vector<std::string>& ids) {
    dispatch::NewTask task{"acme", dispatch::TaskKind::kCare, "doors", world.clock.now_ms()};
    ASSERT_TRUE(world.store->enqueue({task}));
    const auto leased =
        world.store->lease({{"acme", 1}}, world.clock.now_ms(), world.clock.now_ms() + 60'000);
    ASSERT_EQ(leased->tasks.size(), 1U);
    dispatch::Completion completion;
    completion.task_id = leased->tasks[0].id;
    completion.generation = leased->tasks[0].generation;
    UnixMs at_ms = 1'790'000'000'000;
    for (const std::string& id : ids) {
        access::AccessEvent event;
        event.business = "acme";
        event.connection = "doors";
        event.vendor_id = id;
        event.kind = "unlocked";
        event.target = "lock:12";
        event.target_name = "=HYPERLINK(1)";
        event.rental_id = id == "e1" ? "r1" : "";
        event.occurred_ms = at_ms += 60'000;
        event.received_ms = event.occurred_ms;
        completion.access_events.push_back(event);
    }
    ASSERT_TRUE(world.store->complete(completion));
}

TEST_F(ApiTest, TheAccessLogComesNewestFirstByPages) {
    log_events(world_, {"e1", "e2", "e3"});
    const std::string path = "/v1/businesses/acme/access-log";
    const json first = get(path, "limit=2");
    ASSERT_EQ(first["access_events"].size(), 2U);
    EXPECT_EQ(first["access_events"][0]["vendor_id"], "e3");
    EXPECT_EQ(first["access_events"][0]["occurred"], "2026-09-21T14:16:20.000Z");
    const json rest = get(path, "limit=2&cursor=" + first["next_cursor"].get<std::string>());
    ASSERT_EQ(rest["access_events"].size(), 1U);
    EXPECT_EQ(rest["access_events"][0]["vendor_id"], "e1");
    EXPECT_TRUE(rest["next_cursor"].is_null());
    EXPECT_EQ(get(path, "rental=r1")["access_events"].size(), 1U);
    EXPECT_EQ(get(path, "target=lock:13")["access_events"].size(), 0U);
    EXPECT_EQ(get(path, "from=2026-09-21T14:16:00Z")["access_events"].size(), 1U);
    EXPECT_EQ(get(path, "until=2026-09-21")["access_events"].size(), 0U);
}

TEST_F(ApiTest, TheAccessLogAsCsvHoldsNoFormula) {
    log_events(world_, {"e1"});
    const auto response = ask("GET", "/v1/businesses/acme/access-log", "format=csv");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "text/csv; charset=utf-8");
    EXPECT_TRUE(response.body.starts_with(
        "\"occurred\",\"received\",\"connection\",\"kind\",\"target\",\"target_name\",\"person\","
        "\"success\",\"reason\",\"rental\",\"renter\",\"vendor_id\",\"cursor\"\r\n"))
        << response.body;
    EXPECT_NE(response.body.find("\"'=HYPERLINK(1)\""), std::string::npos);
}

TEST_F(ApiTest, TheAccessLogRefusesWhatItCannotRead) {
    for (const char* query : {"from=yesterday", "until=x", "cursor=7", "cursor=x-1", "format=xml",
                              "limit=501", "door=1"}) {
        EXPECT_EQ(ask("GET", "/v1/businesses/acme/access-log", query).status, 400) << query;
    }
    EXPECT_EQ(ask("GET", "/v1/businesses/globex/access-log").status, 404);
}

TEST_F(ApiTest, AVendorsEventIsReplayedByItsPlugin) {
    store::NewEvent event;
    event.business = "acme";
    event.source = "doors";
    event.sender_id = "e1";
    event.type = "lock.unlock";
    event.body = R"({"type":"lock.unlock"})";
    event.state = store::EventState::kIgnored;
    std::promise<std::int64_t> id;
    world_.store->append(std::move(event), [&](const Result<store::Appended>& appended) {
        id.set_value(appended ? appended->event_id : -1);
    });
    const std::string path = "/v1/events/" + std::to_string(id.get_future().get()) + "/replay";
    EXPECT_EQ(ask("POST", path).status, 202);
    EXPECT_TRUE(
        world_.store->waiting("acme", dispatch::TaskKind::kInbound, "doors/e1")->has_value());
}

}  // namespace
}  // namespace gatehouse::admin
