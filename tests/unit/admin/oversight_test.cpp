#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "store/sqlite/database.hpp"
#include "unit/admin/fakes.hpp"

namespace gatehouse::admin {
namespace {

class OversightTest : public ::testing::Test, protected World {
  protected:
    edge::HttpResponse ask(const std::string& method, const std::string& path,
                           const std::string& query = "") {
        Dependencies deps = dependencies();
        deps.sweeps = &sweeps;
        return Api(deps).answer(parse_request(method, path, query).value());
    }
    nlohmann::json body(const edge::HttpResponse& response) {
        return parse_json(response.body).value();
    }

    // Stores the record through a task, as a look does.
    void keep(const std::string& rental_id, UnixMs blocked_ms) {
        ASSERT_TRUE(store->enqueue(
            {{"acme", dispatch::TaskKind::kReconcile, rental_id, clock.now_ms(), 0}}));
        auto record = std::make_shared<access::RentalRecord>();
        record->business = "acme";
        record->rental_id = rental_id;
        record->site_id = "site-1";
        record->grant_json = "{}";
        record->fuse_blocked_ms = blocked_ms;
        dispatch::Completion completion;
        completion.rental = record;
        work(completion);
    }

    std::vector<dispatch::Task> due() {
        return store->lease({{"acme", 9}}, clock.now_ms(), clock.now_ms() + 1000)->tasks;
    }

    sweep::Reports sweeps;
};

TEST_F(OversightTest, ARenterIsHandedOutAndErased) {
    const std::string path = "/v1/businesses/acme/renters/ann";
    EXPECT_EQ(ask("GET", path).status, 404);
    EXPECT_EQ(ask("GET", "/v1/businesses/acmee/renters/ann").status, 404);
    EXPECT_EQ(ask("POST", "/v1/businesses/acmee/renters/ann/erase").status, 404);
    EXPECT_EQ(ask("POST", path).status, 405);
    EXPECT_EQ(ask("GET", path + "/erase").status, 405);

    store::NewEvent event;
    event.business = "acme";
    event.source = "storeganise";
    event.sender_id = "e1";
    event.body = R"({"id":"e1","data":{"userId":"ann","customFields":{"kisi_pinCode":"482915"}}})";
    event.received_ms = clock.now_ms();
    event.state = store::EventState::kIgnored;
    std::promise<void> stored;
    store->append(std::move(event), [&](const Result<store::Appended>&) { stored.set_value(); });
    stored.get_future().wait();
    auto record = std::make_shared<access::RentalRecord>();
    record->business = "acme";
    record->rental_id = "r1";
    record->renter_id = "ann";
    record->desired_json = R"({"state":"active","renter":{"name":"Ann","email":"ann@b.c"}})";
    record->grant_json = R"({"state":"active"})";
    record->pin_hash = "f00d";
    const auto put = [&] {
        ASSERT_TRUE(
            store->enqueue({{"acme", dispatch::TaskKind::kReconcile, "r1", clock.now_ms(), 0}}));
        dispatch::Completion completion;
        completion.rental = record;
        work(completion);
    };
    put();
    const auto handed_out = ask("GET", path);
    EXPECT_EQ(handed_out.status, 200);
    const nlohmann::json all = body(handed_out);
    EXPECT_EQ(all["rentals"][0]["desired"]["renter"]["email"], "ann@b.c");
    EXPECT_EQ(all["rentals"][0]["has_pin"], true);
    EXPECT_EQ(all["events"][0]["body"]["data"]["userId"], "ann");
    for (const char* hidden : {"482915", "f00d"}) {
        EXPECT_EQ(handed_out.body.find(hidden), std::string::npos) << hidden;
    }

    const auto refused = ask("POST", path + "/erase");
    EXPECT_EQ(refused.status, 409) << "r1 has access";
    record = std::make_shared<access::RentalRecord>(*record);
    record->grant_json.clear();
    put();
    const auto erased = ask("POST", path + "/erase");
    EXPECT_EQ(erased.status, 200);
    EXPECT_GT(body(erased)["rows"].get<int>(), 0);
    const nlohmann::json left = body(ask("GET", path));
    EXPECT_TRUE(left["rentals"].empty());
    EXPECT_TRUE(left["events"].empty());
    EXPECT_EQ(left["erased"].size(), 1U);
}

// The rows of a business that is gone, or whose file has a mistake, are its renters' all the same.
TEST_F(OversightTest, ARenterOfABusinessThatIsNotThereIsHandedOutAndErased) {
    struct Case {
        const char* business;
        bool is_refused;
        bool has_access;
        int status;
    };
    for (const Case& one : std::initializer_list<Case>{{"gone", false, false, 200},
                                                       {"gone-open", false, true, 200},
                                                       {"broken", true, false, 200},
                                                       {"broken-open", true, true, 409}}) {
        if (one.is_refused) {
            auto changed = std::make_shared<config::Config>(*config);
            changed->refused[one.business] = {};
            config = changed;
        }
        auto record = std::make_shared<access::RentalRecord>();
        record->business = one.business;
        record->rental_id = "r1";
        record->renter_id = "ann";
        record->desired_json = R"({"state":"ended","renter":{"name":"Ann","email":"ann@b.c"}})";
        if (one.has_access) record->grant_json = R"({"state":"active"})";
        ASSERT_TRUE(store->enqueue(
            {{one.business, dispatch::TaskKind::kReconcile, "r1", clock.now_ms(), 0}}));
        const auto leased =
            store->lease({{one.business, 9}}, clock.now_ms(), clock.now_ms() + 1000)->tasks;
        ASSERT_EQ(leased.size(), 1U);
        dispatch::Completion completion;
        completion.task_id = leased[0].id;
        completion.generation = leased[0].generation;
        completion.rental = record;
        ASSERT_TRUE(store->complete(completion));

        const std::string path = std::string("/v1/businesses/") + one.business + "/renters/ann";
        EXPECT_EQ(ask("GET", path).status, 200) << one.business;
        const auto erased = ask("POST", path + "/erase");
        EXPECT_EQ(erased.status, one.status) << one.business << erased.body;
        if (one.status != 200) continue;
        EXPECT_EQ(body(erased)["message"].get<std::string>().find("end it at the vendor") !=
                      std::string::npos,
                  one.has_access);
        EXPECT_TRUE(body(ask("GET", path))["rentals"].empty()) << one.business;
    }
    EXPECT_EQ(ask("POST", "/v1/businesses/broken/renters/nobody/erase").status, 409);
    EXPECT_EQ(ask("POST", "/v1/businesses/never/renters/ann/erase").status, 404);
}

TEST_F(OversightTest, AnEventWhoseBodyWasNotKeptIsNotReplayed) {
    store::NewEvent event;
    event.business = "acme";
    event.source = "storeganise";
    event.sender_id = "large";
    event.body = std::string(5000, ' ') + "{}";
    event.state = store::EventState::kIgnored;
    std::promise<std::int64_t> id;
    store->append(std::move(event), [&](const Result<store::Appended>& appended) {
        id.set_value(appended->event_id);
    });
    const std::string path = "/v1/events/" + std::to_string(id.get_future().get()) + "/replay";
    EXPECT_EQ(ask("POST", path).status, 409);
}

// What is asked for in a way that nobody can be sure of is not done in part.
TEST_F(OversightTest, ActsOnNothingThatItDoesNotUnderstand) {
    keep("r1", clock.now_ms());
    const std::map<std::string, std::vector<std::string>> acting{
        {"/v1/sweeps/acme",
         {"dry-run=yes", "dry-run=1", "dry-run", "dry-run=", "dry-run=True", "dry-run=true%20",
          "dry_run=true", "dryrun=true", "DRY-RUN=true", "full=1", "delta=on", "trust=no",
          "delta=true&dry-run=TRUE", "full=false&dry-run=0", "limit=1", "business=acme"}},
        {"/v1/fuse/acme/confirm",
         {"all=yes", "all=1", "all", "rental=r1&all=no", "rental=r1&dry-run=true", "rentals=r1",
          "rental=r1&all=true", "all=false", ""}},
        {"/v1/events/1/replay", {"dry-run=true", "force", "business=acme"}},
        {"/v1/dead-letters/1/replay", {"dry-run=true", "limit=5"}},
        {"/v1/dead-letters/1/discard", {"dry-run=true", "all=true"}},
        {"/v1/businesses/acme/renters/ann/erase", {"dry-run=true", "rental=r1"}}};
    for (const auto& [path, queries] : acting) {
        for (const std::string& query : queries) {
            EXPECT_EQ(ask("POST", path, query).status, 400) << path << '?' << query;
        }
    }
    for (const char* id : {"x", "0", "-1", "+1", "1.0", "1e3", "0x1", "9223372036854775808"}) {
        EXPECT_EQ(ask("POST", std::string("/v1/events/") + id + "/replay").status, 400) << id;
        for (const char* act : {"/replay", "/discard"}) {
            EXPECT_EQ(ask("POST", std::string("/v1/dead-letters/") + id + act).status, 400) << id;
        }
    }
    EXPECT_TRUE(due().empty());
    EXPECT_EQ(body(ask("GET", "/v1/fuse"))["rentals"].size(), 1U);
}

TEST_F(OversightTest, AFlagIsTrueOrFalse) {
    EXPECT_EQ(body(ask("POST", "/v1/sweeps/acme", "dry-run=true"))["sweep"], "full:dry");
    EXPECT_EQ(body(ask("POST", "/v1/sweeps/acme", "delta=false&dry-run=true"))["sweep"],
              "full:dry");
    EXPECT_EQ(body(ask("POST", "/v1/sweeps/acme", "dry-run=false"))["sweep"], "full:now");
    const std::string said = body(ask("POST", "/v1/sweeps/acme", "dry_run=yes"))["message"];
    EXPECT_EQ(said, "unknown parameter 'dry_run'");
}

// A damaged store cannot hold an alert; it is told all the same.
TEST_F(OversightTest, ADamagedStoreIsAnAlertAndNotReady) {
    append("e1");
    store.reset();
    const std::string path = (folder / "test.db").string();
    constexpr std::size_t kPageBytes = 4096;
    std::size_t root_page = 0;
    {
        const auto database =
            store::sqlite::Database::open(path, store::sqlite::Database::Access::kWrite).value();
        root_page = static_cast<std::size_t>(
            number(*database, "SELECT rootpage FROM sqlite_schema WHERE name = 'events'").value());
    }
    std::string bytes;
    {
        std::ifstream file(path, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(file), {});
    }
    // The first page of the events: what the store reads when it opens is whole.
    bytes.replace((root_page - 1) * kPageBytes, kPageBytes, kPageBytes, '\xA5');
    std::ofstream(path, std::ios::binary) << bytes;
    auto opened = store::open_sqlite_store({path}, clock, metrics);
    ASSERT_TRUE(opened) << opened.error().message;
    store = std::move(*opened);
    EXPECT_EQ(append("e2"), -1);
    const nlohmann::json alerts = body(ask("GET", "/v1/alerts"))["alerts"];
    ASSERT_EQ(alerts.size(), 1U);
    EXPECT_EQ(alerts[0]["subject"], "store");
    const auto ready = ask("GET", "/readyz");
    EXPECT_EQ(ready.status, 503);
    EXPECT_EQ(body(ready)["store"], "damaged");
    EXPECT_EQ(ask("GET", "/v1/rentals/acme").status, 500) << "and nothing of it is believed";
}

TEST_F(OversightTest, ASweepIsAskedForAndReported) {
    const auto asked = ask("POST", "/v1/sweeps/acme", "dry-run=true");
    EXPECT_EQ(asked.status, 202);
    EXPECT_EQ(body(asked)["sweep"], "full:dry");
    const auto tasks = due();
    ASSERT_EQ(tasks.size(), 1U);
    EXPECT_EQ(tasks[0].kind, dispatch::TaskKind::kSweep);
    EXPECT_EQ(tasks[0].key, "full:dry");

    const std::string since = "since=" + std::to_string(clock.now_ms());
    sweep::Report report;
    report.business = "acme";
    report.key = "full:dry";
    report.state = "done";
    report.began_ms = clock.now_ms() - 1;
    sweeps.put(report);
    EXPECT_EQ(body(ask("GET", "/v1/sweeps/acme/full%3Adry", since))["state"], "waiting");
    report.began_ms = clock.now_ms();
    sweeps.put(report);
    EXPECT_EQ(body(ask("GET", "/v1/sweeps/acme/full%3Adry", since))["state"], "done");
    EXPECT_EQ(ask("GET", "/v1/sweeps/acme/delta").status, 404);
}

TEST_F(OversightTest, ASweepThatCannotBeIsRefused) {
    EXPECT_EQ(ask("POST", "/v1/sweeps/other").status, 404);
    EXPECT_EQ(ask("POST", "/v1/sweeps/acme", "delta=true&full=true").status, 400);
    EXPECT_EQ(ask("POST", "/v1/sweeps/acme", "dry-run=true&trust=true").status, 400);
    EXPECT_EQ(ask("POST", "/v1/sweeps/acme", "all=true").status, 400);
    EXPECT_TRUE(due().empty());
}

TEST_F(OversightTest, P6_OnlyEndsThatWaitCanBeConfirmed) {
    keep("r1", 0);
    keep("r2", clock.now_ms());
    keep("r3", clock.now_ms());
    const auto list = body(ask("GET", "/v1/fuse", "business=acme"));
    ASSERT_EQ(list["rentals"].size(), 2U);
    EXPECT_EQ(ask("POST", "/v1/fuse/acme/confirm", "rental=r1").status, 404);
    EXPECT_EQ(ask("POST", "/v1/fuse/acme/confirm").status, 400);
    EXPECT_EQ(ask("POST", "/v1/fuse/acme/confirm", "rental=r2&all=true").status, 400);
    EXPECT_TRUE(due().empty());
    EXPECT_EQ(ask("POST", "/v1/fuse/acme/confirm", "rental=r2").status, 202);
    const auto tasks = due();
    ASSERT_EQ(tasks.size(), 1U);
    EXPECT_EQ(tasks[0].key, "r2");
    EXPECT_EQ(tasks[0].flags, dispatch::kConfirmed);
    EXPECT_EQ(body(ask("POST", "/v1/fuse/acme/confirm", "all=true"))["rentals"].size(), 2U);
}

TEST_F(OversightTest, ListsAlerts) {
    ASSERT_TRUE(store->change_alerts("acme", {{"rental:r1", true, "no target", "r1", "u1"}}));
    const auto list = body(ask("GET", "/v1/alerts"))["alerts"];
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0]["subject"], "rental:r1");
    EXPECT_EQ(list[0]["text"], "no target");
    EXPECT_TRUE(list[0]["cured"].is_null());
}

}  // namespace
}  // namespace gatehouse::admin
