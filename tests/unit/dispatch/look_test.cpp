// A look whose connection is shut: nothing is read for it, and nothing forgotten.
#include "dispatch/look.hpp"

#include <gtest/gtest.h>

#include "support/fake_lookups.hpp"

namespace gatehouse::dispatch {
namespace {

class ShutPlugins final : public plugins::PluginHost {
  public:
    Result<std::string> call(const plugins::Call&) override {
        return fail(ErrorKind::kUnavailable, "not in this test");
    }
    const plugins::Manifest* manifest(const std::string&) const override { return nullptr; }
    std::vector<plugins::PluginStatus> status() const override { return {}; }
    void stop() override {}
    std::optional<Error> shut(const std::string& business,
                              const std::string& connection) const override {
        EXPECT_EQ(business + "/" + connection, "acme/doors");
        return postpone(ErrorKind::kUnavailable, "acme/doors does not answer", 5'000).value();
    }
};

class OneRecord final : public access::RentalRecords {
  public:
    Result<std::optional<access::RentalRecord>> rental(const std::string&,
                                                       const std::string&) override {
        return record;
    }
    Result<std::vector<access::RentalRecord>> rentals(const std::string&, const std::string&,
                                                      int) override {
        return std::vector<access::RentalRecord>{};
    }

    std::optional<access::RentalRecord> record;
};

// Says that somebody asked Storeganise.
class CountingClient final : public storeganise::Client {
  public:
    Result<storeganise::Job> job(const std::string&, observe::StepLog*) override { return asked(); }
    Result<access::Facts> rental(const std::string&, observe::StepLog*) override { return asked(); }
    Result<void> write_fields(const std::string&, const access::FieldChanges&,
                              observe::StepLog*) override {
        return asked();
    }
    Result<storeganise::RentalPage> rentals(const storeganise::ListQuery&,
                                            observe::StepLog*) override {
        return asked();
    }
    Result<storeganise::IdPage> units(const storeganise::ListQuery&, observe::StepLog*) override {
        return asked();
    }
    Result<storeganise::IdPage> users(const storeganise::ListQuery&, observe::StepLog*) override {
        return asked();
    }
    Result<std::string> create_task(const storeganise::StaffTask&, observe::StepLog*) override {
        return asked();
    }
    Result<std::string> find_task(const storeganise::StaffTask&, UnixMs,
                                  observe::StepLog*) override {
        return asked();
    }
    Result<void> complete_task(const std::string&, observe::StepLog*) override { return asked(); }
    Result<nlohmann::json> object(const std::string&, const std::string&,
                                  observe::StepLog*) override {
        return asked();
    }

    int requests = 0;

  private:
    tl::unexpected<Error> asked() {
        ++requests;
        return fail(ErrorKind::kUnavailable, "down");
    }
};

class LookTest : public testing::Test {
  protected:
    LookTest() {
        auto client = std::make_unique<CountingClient>();
        client_ = client.get();
        businesses_["acme"] = {&business_, std::move(client)};
        access::RentalRecord record;
        record.connection = "doors";
        record.unit_name = "A12";
        records_.record = record;
    }

    Outcome look(const std::string& last_error, std::int64_t age_ms = 0) {
        Task task;
        task.business = "acme";
        task.kind = TaskKind::kReconcile;
        task.key = "r1";
        task.last_error = last_error;
        task.tried_ms = age_ms;
        observe::StepLog steps(clock_);
        access::Reconciler reconciler(
            access::Parts{records_, lookups_, plugins_, pin_key_, clock_, random_});
        return Looker(businesses_, reconciler, records_, plugins_, settings_, clock_)
            .run(task, steps);
    }

    config::Business business_;
    config::Dispatch settings_;
    CountingClient* client_ = nullptr;
    Businesses businesses_;
    OneRecord records_;
    test::FakeLookups lookups_;
    ShutPlugins plugins_;
    access::PinKey pin_key_{Secret("the key of a test")};
    SystemClock clock_;
    SystemRandom random_;
};

TEST_F(LookTest, P9_WhatIsTurnedAwayReadsNothingAndIsNotGivenUp) {
    const Outcome outcome = look("timeout was reached");
    ASSERT_FALSE(outcome.status);
    EXPECT_TRUE(outcome.status.error().is_postponed);
    EXPECT_TRUE(outcome.never_dies);
    EXPECT_EQ(client_->requests, 0);
    EXPECT_EQ(outcome.rental, nullptr);
    for (const AlertChange& change : outcome.alert_changes) {
        EXPECT_FALSE(change.is_raised) << change.subject;
        EXPECT_NE(change.subject, "credentials:storeganise") << "nothing is known of it";
    }
}

TEST_F(LookTest, P9_AnOutageOfTheWholeBudgetAlertsAlsoWhereNothingIsTried) {
    const Outcome outcome = look("timeout was reached", settings_.budget_ms);
    const auto alert = std::ranges::find(outcome.alert_changes, "rental:r1", &AlertChange::subject);
    ASSERT_NE(alert, outcome.alert_changes.end());
    EXPECT_TRUE(alert->is_raised);
    EXPECT_NE(alert->text.find("A12"), std::string::npos) << alert->text;
}

TEST_F(LookTest, WhatDidNotFailBeforeIsReadFirst) {
    look("");
    EXPECT_GT(client_->requests, 0);
    client_->requests = 0;
    records_.record.reset();
    look("timeout was reached");
    EXPECT_GT(client_->requests, 0) << "whose connection is not known";
}

}  // namespace
}  // namespace gatehouse::dispatch
