#include <gtest/gtest.h>

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
