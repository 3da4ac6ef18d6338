#include "dispatch/sweep_task.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/sweep/fakes.hpp"

namespace gatehouse::dispatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class SweepTaskTest : public testing::Test, public sweep::World {
  protected:
    SweepTaskTest() {
        auto parts = BusinessParts{&business, nullptr};
        parts.client = std::make_unique<Shared>(client);
        businesses_.emplace("acme", std::move(parts));
    }

    // The business's client belongs to it; the test keeps the one with the data.
    class Shared final : public test::StubClient {
      public:
        explicit Shared(sweep::FakeClient& to) : to_(to) {}
        Result<access::Facts> rental(const std::string& id, observe::StepLog* s) override {
            return to_.rental(id, s);
        }
        Result<storeganise::RentalPage> rentals(const storeganise::ListQuery& query,
                                                observe::StepLog* s) override {
            return to_.rentals(query, s);
        }
        Result<storeganise::IdPage> units(const storeganise::ListQuery& query,
                                          observe::StepLog* s) override {
            return to_.units(query, s);
        }
        Result<storeganise::IdPage> users(const storeganise::ListQuery& query,
                                          observe::StepLog* s) override {
            return to_.users(query, s);
        }

      private:
        sweep::FakeClient& to_;
    };

    class StandingAlerts final : public Alerts {
      public:
        std::vector<AlertRecord> standing;
        Result<std::optional<AlertRecord>> alert(const std::string&, const std::string&) override {
            return std::nullopt;
        }
        Result<std::vector<AlertRecord>> alerts(const std::optional<std::string>&, int) override {
            return standing;
        }
        Result<void> change_alerts(const std::string&, const std::vector<AlertChange>&) override {
            return {};
        }
    };

    static const AlertChange* change_of(const Outcome& outcome, const std::string& subject) {
        const auto found = std::ranges::find(outcome.alert_changes, subject, &AlertChange::subject);
        return found == outcome.alert_changes.end() ? nullptr : &*found;
    }

    Outcome run_once(const std::string& key, int attempt = 1) {
        Task task;
        task.business = "acme";
        task.kind = TaskKind::kSweep;
        task.key = key;
        task.attempt = attempt;
        observe::StepLog steps(clock);
        Outcome outcome = task_.run(task, steps);
        for (const NewTask& look : outcome.follow_ups)
            looks.push_back(look);
        if (outcome.rental) taught.push_back(*outcome.rental);
        for (const observe::Step& step : steps.take())
            said.push_back(step.text);
        return outcome;
    }

    // Until the task rests or fails.
    Outcome run(const std::string& key) {
        looks.clear();
        taught.clear();
        said.clear();
        runs = 0;
        while (true) {
            Outcome outcome = run_once(key);
            ++runs;
            if (!outcome.status || outcome.again_ms != clock.now_ms()) return outcome;
            if (runs > 1000) throw std::runtime_error("it never rests");
        }
    }

    Businesses businesses_;
    observe::Metrics metrics_;
    sweep::Reports reports_;
    access::StrayDesk strays_;
    StandingAlerts alerts_;
    SweepTask task_{{businesses_, plugins, records, records, strays_, comparison, reports_, alerts_,
                     clock, metrics_}};
    std::vector<NewTask> looks;
    std::vector<access::RentalRecord> taught;
    std::vector<std::string> said;
    int runs = 0;
};

TEST_F(SweepTaskTest, AnOccupiedRowThatCannotBeReadIsNamedLookedAtAndAlertsAsItsRental) {
    settle(20);
    client.unreadable = {"r1003", "r1011"};
    client.are_unreadable_occupied = true;
    const Outcome outcome = run("full");
    const auto report = *reports_.find("acme", "full");
    ASSERT_THAT(report.unread, SizeIs(2));
    EXPECT_EQ(report.unread[0].name, "rental r1003");
    EXPECT_EQ(report.unread[0].why, "the answer lacks its ownerId");
    EXPECT_THAT(sweep::summary(report), HasSubstr("2 rows unreadable"));
    EXPECT_THAT(report.troubles, ElementsAre(HasSubstr("rental r1011: the answer lacks")));
    ASSERT_NE(change_of(outcome, "rental:r1003"), nullptr);
    EXPECT_TRUE(change_of(outcome, "rental:r1003")->is_raised);
    EXPECT_FALSE(change_of(outcome, "sweep:acme")->is_raised) << "no list is in doubt";
    EXPECT_THAT(looks, SizeIs(2));
}

TEST_F(SweepTaskTest, ManyRowsThatCannotBeReadAreOneAlert) {
    settle(100);
    for (const auto& facts : client.listed)
        client.unreadable.push_back(facts.rental_id);
    client.are_unreadable_occupied = true;
    const Outcome outcome = run("full");
    EXPECT_EQ(std::ranges::count(outcome.alert_changes, true, &AlertChange::is_raised), 1);
    EXPECT_TRUE(change_of(outcome, "sweep:acme")->is_raised);
    EXPECT_THAT(change_of(outcome, "sweep:acme")->text, HasSubstr("100 occupied rentals"));
    EXPECT_THAT(looks, IsEmpty());
}

TEST_F(SweepTaskTest, ARowThatIsNotOccupiedIsNamedAndNoMore) {
    settle(20);
    client.unreadable = {"r1003"};
    const Outcome outcome = run("full");
    EXPECT_THAT(reports_.find("acme", "full")->unread, SizeIs(1));
    EXPECT_THAT(reports_.find("acme", "full")->troubles, IsEmpty());
    EXPECT_EQ(change_of(outcome, "rental:r1003"), nullptr);
    EXPECT_THAT(looks, IsEmpty());
}

TEST_F(SweepTaskTest, AFullSweepCuresTheAlertsOfStatesThatNoRentalIsInAnyMore) {
    settle(2);
    for (const char* subject : {"state:paused", "state:moving", "rental:r1"}) {
        alerts_.standing.emplace_back().subject = subject;
    }
    client.listed[0].state = "paused";
    for (const char* key : {"delta", "full:dry"}) {
        EXPECT_EQ(change_of(run(key), "state:moving"), nullptr) << key;
    }
    const Outcome outcome = run("full");
    ASSERT_NE(change_of(outcome, "state:moving"), nullptr);
    EXPECT_FALSE(change_of(outcome, "state:moving")->is_raised);
    EXPECT_EQ(change_of(outcome, "state:paused"), nullptr);
    EXPECT_EQ(change_of(outcome, "rental:r1"), nullptr);
}

TEST_F(SweepTaskTest, P4_SteadyStateAsksForNothing) {
    settle(30);
    const Outcome full = run("full");
    EXPECT_THAT(looks, IsEmpty());
    EXPECT_EQ(std::ranges::count(full.alert_changes, true, &AlertChange::is_raised), 0);
    EXPECT_NE(change_of(full, "sweep:acme"), nullptr);
    ASSERT_TRUE(full.again_ms);
    EXPECT_GT(*full.again_ms, clock.now_ms());
    EXPECT_LE(*full.again_ms, clock.now_ms() + 25 * 3'600'000LL);
    const Outcome delta = run("delta");
    EXPECT_THAT(looks, IsEmpty());
    EXPECT_THAT(said, IsEmpty());
    EXPECT_EQ(delta.again_ms, clock.now_ms() + 1'800'000);
}

TEST_F(SweepTaskTest, WhatDiffersGetsALookThatCountsForTheFuse) {
    settle(3);
    client.listed.push_back(sweep::rental("moved-in"));
    run("full");
    ASSERT_THAT(looks, SizeIs(1));
    EXPECT_EQ(looks[0].kind, TaskKind::kReconcile);
    EXPECT_EQ(looks[0].key, "moved-in");
    EXPECT_EQ(looks[0].flags, kSwept);
    EXPECT_EQ(looks[0].priority, Priority::kNormal);
    EXPECT_THAT(said, ElementsAre(HasSubstr("1 facts differ")));
}

TEST_F(SweepTaskTest, WhatTheVendorLostIsVerified) {
    settle(8);
    plugins.grants.erase(plugins.grants.begin());
    run("full");
    ASSERT_THAT(looks, SizeIs(1));
    EXPECT_EQ(looks[0].flags, kSwept | kVerify);
}

TEST_F(SweepTaskTest, StraysAreLeftForTheRentalsLookButInADryRun) {
    settle(3);
    auto stray = entry("r1001");
    stray["references"] = {{"assignment", "another"}};
    stray["renter"] = {{"email", "former@example.com"}};
    plugins.grants.push_back(stray);
    run("full:dry");
    EXPECT_THAT(strays_.take("acme", "r1001"), IsEmpty());
    run("full");
    ASSERT_THAT(looks, SizeIs(1));
    EXPECT_EQ(looks[0].flags, kSwept | kVerify);
    EXPECT_THAT(strays_.take("acme", "r1001"), SizeIs(1));
}

TEST_F(SweepTaskTest, AnOrphansRecordIsStoredWithItsLook) {
    settle(3);
    plugins.grants.push_back(entry("gone"));
    client.rentals_at["gone"] = sweep::rental("gone", "ended");
    run("full");
    ASSERT_THAT(looks, SizeIs(1));
    EXPECT_EQ(looks[0].key, "gone");
    EXPECT_EQ(looks[0].flags, kSwept | kVerify);
    ASSERT_THAT(taught, SizeIs(1));
    EXPECT_EQ(taught[0].rental_id, "gone");
}

TEST_F(SweepTaskTest, ADryRunTellsAndChangesNothing) {
    settle(8);
    client.listed.push_back(sweep::rental("moved-in"));
    plugins.grants.push_back(entry("gone"));
    client.rentals_at["gone"] = sweep::rental("gone", "ended");
    const Outcome outcome = run("full:dry");
    EXPECT_THAT(looks, IsEmpty());
    EXPECT_THAT(taught, IsEmpty());
    EXPECT_THAT(outcome.alert_changes, IsEmpty());
    EXPECT_FALSE(outcome.again_ms);
    const auto report = reports_.find("acme", "full:dry");
    ASSERT_TRUE(report);
    EXPECT_EQ(report->state, "done");
    EXPECT_THAT(report->differences, SizeIs(2));
}

TEST_F(SweepTaskTest, P6_AListThatIsNotBelievedRaisesAnAlertThatTheNextGoodOneCures) {
    settle(3);
    const auto listed = std::exchange(client.listed, {});
    const Outcome bad = run("full");
    EXPECT_THAT(looks, IsEmpty());
    EXPECT_EQ(std::ranges::count(bad.alert_changes, true, &AlertChange::is_raised), 1);
    ASSERT_NE(change_of(bad, "sweep:acme"), nullptr);
    EXPECT_TRUE(change_of(bad, "sweep:acme")->is_raised);
    EXPECT_THAT(change_of(bad, "sweep:acme")->text, HasSubstr("it is empty"));
    EXPECT_LE(*bad.again_ms, clock.now_ms() + 3'600'000);
    client.listed = listed;
    EXPECT_FALSE(change_of(run("full"), "sweep:acme")->is_raised);
}

TEST_F(SweepTaskTest, AnOutageIsRetriedWhereItBeganAndAlertsWhenItLasts) {
    settle(200);
    int page = 0;
    client.before_page = [&] {
        if (++page == 3) client.fail_pages = 4;
    };
    Outcome outcome = run("full");
    ASSERT_FALSE(outcome.status);
    EXPECT_TRUE(outcome.never_dies);
    EXPECT_THAT(outcome.alert_changes, IsEmpty());
    const std::size_t asked = client.queries.size();
    run_once("full", 2);
    EXPECT_EQ(client.queries[asked].offset, client.queries[asked - 1].offset);
    outcome = run_once("full", 3);
    ASSERT_THAT(outcome.alert_changes, SizeIs(1));
    EXPECT_THAT(outcome.alert_changes[0].text, HasSubstr("does not get on"));
}

TEST_F(SweepTaskTest, WhatAPersonAskedForGivesUpInsteadOfDying) {
    settle(2);
    client.fail_pages = 100;
    EXPECT_FALSE(run_once("full:dry", 1).status);
    const Outcome outcome = run_once("full:dry", 3);
    EXPECT_TRUE(outcome.status);
    EXPECT_EQ(reports_.find("acme", "full:dry")->state, "failed");
}

TEST_F(SweepTaskTest, ALongSweepGivesItsWorkerBack) {
    settle(3000);
    run("full");
    EXPECT_GE(runs, 3);
}

TEST_F(SweepTaskTest, ManyLooksAreHandedOutInPortions) {
    for (int i = 0; i < 1200; ++i)
        client.listed.push_back(sweep::rental("new" + std::to_string(i)));
    run("full");
    EXPECT_THAT(looks, SizeIs(1200));
    EXPECT_EQ(reports_.find("acme", "full")->differences.size(), sweep::kMaxShown);
}

TEST_F(SweepTaskTest, ADeltaGoesBackToWhereTheLastGoodOneBegan) {
    settle(2);
    run("delta");
    const UnixMs first = clock.now_ms();
    EXPECT_LT(*client.queries.back().updated_after_ms, first - 24 * 3'600'000LL);
    clock.advance_ms(1'800'000);
    run("delta");
    EXPECT_EQ(*client.queries.back().updated_after_ms, first - 300'000);
}

// What changed while the clock was ahead was asked for as if it were still to come.
TEST_F(SweepTaskTest, ADeltaAfterTheClockWasSetReachesBackADay) {
    constexpr std::int64_t kDayMs = 86'400'000;
    settle(2);
    for (const std::int64_t by_ms : {kDayMs / 12, -kDayMs / 12, 400 * kDayMs, -400 * kDayMs}) {
        run("delta");
        clock.advance_ms(1'800'000);
        clock.move_ms(by_ms);
        run("delta");
        EXPECT_LT(*client.queries.back().updated_after_ms, clock.now_ms() - kDayMs) << by_ms;
        const UnixMs began_ms = clock.now_ms();
        clock.advance_ms(1'800'000);
        run("delta");
        EXPECT_EQ(*client.queries.back().updated_after_ms, began_ms - 300'000) << by_ms;
    }
}

TEST_F(SweepTaskTest, WhatIsNotConfiguredEndsWell) {
    business.sweep.is_enabled = false;
    EXPECT_FALSE(run("delta").again_ms);
    EXPECT_THAT(client.queries, IsEmpty());
    Task task;
    task.business = "gone";
    task.key = "full";
    observe::StepLog steps(clock);
    const Outcome outcome = task_.run(task, steps);
    EXPECT_TRUE(outcome.status);
    EXPECT_FALSE(outcome.again_ms);
}

TEST(SweepOrder, KnowsItsKeys) {
    EXPECT_TRUE(sweep_order("full")->is_periodic);
    EXPECT_FALSE(sweep_order("delta:now")->is_full);
    EXPECT_TRUE(sweep_order("full:trust")->is_trusted);
    for (const char* key : {"", "all", "full:", "delta:trust", "full:dry:now"})
        EXPECT_FALSE(sweep_order(key)) << key;
}

TEST(FirstSweeps, AreSpreadAndLeaveWaitingOnesAlone) {
    config::Config config;
    for (int i = 0; i < 50; ++i) {
        const std::string name = "b" + std::to_string(i);
        config.businesses[name].business = name;
    }
    config.businesses["quiet"].sweep.is_enabled = false;
    const auto tasks = first_sweeps(config, sweep::kNow);
    ASSERT_THAT(tasks, SizeIs(100));
    std::set<UnixMs> times;
    for (const NewTask& task : tasks) {
        EXPECT_TRUE(task.only_if_absent);
        EXPECT_GE(task.due_ms, sweep::kNow);
        times.insert(task.due_ms);
    }
    EXPECT_GT(times.size(), 90U);
}

}  // namespace
}  // namespace gatehouse::dispatch
