#include "dispatch/resolve.hpp"

#include <gtest/gtest.h>

#include "dispatch/event_types.hpp"

namespace gatehouse::dispatch {
namespace {

class FakeClient final : public storeganise::Client {
  public:
    explicit FakeClient(Result<storeganise::Job> job) : job_(std::move(job)) {}

    Result<storeganise::Job> job(const std::string& id, observe::StepLog*) override {
        asked = id;
        return job_;
    }
    Result<access::Facts> rental(const std::string&, observe::StepLog*) override {
        return fail(ErrorKind::kInternal, "not asked for");
    }
    Result<void> write_fields(const std::string&, const access::FieldChanges&,
                              observe::StepLog*) override {
        return {};
    }
    Result<storeganise::RentalPage> rentals(const storeganise::ListQuery&,
                                            observe::StepLog*) override {
        return fail(ErrorKind::kInternal, "not asked for");
    }
    Result<storeganise::IdPage> units(const storeganise::ListQuery&, observe::StepLog*) override {
        return fail(ErrorKind::kInternal, "not asked for");
    }
    Result<storeganise::IdPage> users(const storeganise::ListQuery&, observe::StepLog*) override {
        return fail(ErrorKind::kInternal, "not asked for");
    }
    Result<std::string> create_task(const storeganise::StaffTask&, observe::StepLog*) override {
        return fail(ErrorKind::kInternal, "not asked for");
    }
    Result<void> complete_task(const std::string&, observe::StepLog*) override {
        return fail(ErrorKind::kInternal, "not asked for");
    }
    Result<nlohmann::json> object(const std::string&, const std::string&,
                                  observe::StepLog*) override {
        return fail(ErrorKind::kInternal, "not asked for");
    }

    std::string asked;

  private:
    Result<storeganise::Job> job_;
};

class ResolveTest : public testing::Test {
  protected:
    Outcome resolve(Result<storeganise::Job> job, std::string body) {
        auto client = std::make_unique<FakeClient>(std::move(job));
        client_ = client.get();
        businesses_["acme"].client = std::move(client);
        Task task;
        task.business = "acme";
        task.event_id = 9;
        task.event_body = std::move(body);
        observe::StepLog steps(clock_);
        return Resolver(businesses_, clock_).run(task, steps);
    }

    ManualClock clock_{1'800'000'000'000};
    Businesses businesses_;
    FakeClient* client_ = nullptr;
};

constexpr const char* kBody = R"({"data":{"jobId":"j1"}})";

storeganise::Job completed(std::vector<std::string> rentals) {
    return {"j1", "unit_moveIn", "completed", std::move(rentals)};
}

TEST_F(ResolveTest, MarksEachRentalOfTheJob) {
    const Outcome outcome = resolve(completed({"r1", "r2"}), kBody);
    ASSERT_TRUE(outcome.status.has_value());
    EXPECT_EQ(client_->asked, "j1");
    ASSERT_EQ(outcome.follow_ups.size(), 2U);
    EXPECT_EQ(outcome.follow_ups[1].key, "r2");
    EXPECT_EQ(outcome.follow_ups[1].kind, TaskKind::kReconcile);
    EXPECT_EQ(outcome.follow_ups[1].event_id, 9);
}

TEST_F(ResolveTest, AnEventWithoutAJobCanNeverWork) {
    for (const char* body : {"{}", R"({"data":{}})", R"({"data":{"jobId":7}})",
                             R"({"data":{"jobId":""}})", R"({"data":"j1"})"}) {
        const Outcome outcome = resolve(completed({"r1"}), body);
        ASSERT_FALSE(outcome.status.has_value()) << body;
        EXPECT_EQ(outcome.status.error().kind, ErrorKind::kInvalid);
    }
}

TEST_F(ResolveTest, AJobThatDoesNotReadCompletedYetIsReadAgain) {
    const Outcome outcome =
        resolve(storeganise::Job{"j1", "unit_moveIn", "running", {"r1"}}, kBody);
    ASSERT_FALSE(outcome.status.has_value());
    EXPECT_EQ(outcome.status.error().kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(outcome.follow_ups.empty());
}

TEST_F(ResolveTest, WhatTimeMayCureIsKeptRetryable) {
    EXPECT_EQ(resolve(fail(ErrorKind::kNotFound, "no job"), kBody).status.error().kind,
              ErrorKind::kNotFound);
    EXPECT_EQ(resolve(completed({}), kBody).status.error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(resolve(fail(ErrorKind::kInvalid, "another job"), kBody).status.error().kind,
              ErrorKind::kUnavailable);
}

TEST_F(ResolveTest, ABusinessThatIsGoneIsNotFound) {
    Task task;
    task.business = "gone";
    observe::StepLog steps(clock_);
    EXPECT_EQ(Resolver(businesses_, clock_).run(task, steps).status.error().kind,
              ErrorKind::kNotFound);
}

TEST(EventTypesTest, P12_OnlyKnownTypesAskForALook) {
    EXPECT_TRUE(asks_for_a_look("job.unit_moveIn.completed"));
    EXPECT_TRUE(asks_for_a_look("job.unit_moveOut.completed"));
    EXPECT_FALSE(asks_for_a_look("job.unit_moveIn.created"));
    EXPECT_FALSE(asks_for_a_look("business.updated"));
    EXPECT_FALSE(asks_for_a_look(""));
}

}  // namespace
}  // namespace gatehouse::dispatch
