#include "dispatch/alert_task.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/stub_client.hpp"

namespace gatehouse::dispatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FakeClient final : public test::StubClient {
  public:
    std::vector<storeganise::StaffTask> made;
    std::vector<std::string> completed;
    std::optional<Error> refusal;
    std::optional<Error> search_error;
    bool loses_answers = false;
    int searches = 0;
    UnixMs searched_since_ms = 0;

    Result<std::string> create_task(const storeganise::StaffTask& task,
                                    observe::StepLog*) override {
        if (refusal) return tl::unexpected(*refusal);
        made.push_back(task);
        if (loses_answers) return fail(ErrorKind::kUnavailable, "no answer");
        return "job-" + std::to_string(made.size());
    }
    Result<std::string> find_task(const storeganise::StaffTask& task, UnixMs since_ms,
                                  observe::StepLog*) override {
        ++searches;
        searched_since_ms = since_ms;
        if (search_error) return tl::unexpected(*search_error);
        for (std::size_t at = 0; at < made.size(); ++at) {
            if (made[at].text.ends_with(task.mark)) return "job-" + std::to_string(at + 1);
        }
        return std::string();
    }
    Result<void> complete_task(const std::string& id, observe::StepLog*) override {
        if (refusal) return tl::unexpected(*refusal);
        completed.push_back(id);
        return {};
    }
};

// One alert, kept as the store keeps it.
class FakeStore final : public Alerts, public access::RentalRecords, public DeadLetters {
  public:
    std::optional<AlertRecord> kept;
    std::optional<access::RentalRecord> record;
    bool has_dead = false;

    Result<std::optional<AlertRecord>> alert(const std::string&, const std::string&) override {
        return kept;
    }
    Result<std::vector<AlertRecord>> alerts(const std::optional<std::string>&, int) override {
        return std::vector<AlertRecord>{};
    }
    Result<void> change_alerts(const std::string&, const std::vector<AlertChange>&) override {
        return {};
    }
    Result<std::optional<access::RentalRecord>> rental(const std::string&,
                                                       const std::string&) override {
        return record;
    }
    Result<std::vector<access::RentalRecord>> rentals(const std::string&, const std::string&,
                                                      int) override {
        return std::vector<access::RentalRecord>{};
    }
    Result<bool> has_dead_letter(const std::string&, const std::string& kind) override {
        return has_dead && kind == "resolve";
    }
};

class FakeNews final : public AlertNews {
  public:
    std::vector<AlertTurn> turns;
    std::vector<NewTask> tell(const AlertRecord& alert, AlertTurn turn) override {
        turns.push_back(turn);
        NewTask task;
        task.business = alert.business;
        task.kind = TaskKind::kNotify;
        task.key = alert.subject;
        return {task};
    }
};

class AlertTaskTest : public testing::Test {
  protected:
    AlertTaskTest() {
        config_.business = "acme";
        auto client = std::make_unique<FakeClient>();
        client_ = client.get();
        businesses_.emplace("acme", BusinessParts{&config_, std::move(client)});
    }

    void raise(const std::string& subject = "rental:r1", const std::string& unit = "unit-1") {
        if (!store_.kept) {
            store_.kept = AlertRecord{};
            store_.kept->business = "acme";
            store_.kept->subject = subject;
        }
        store_.kept->text = "the unit has no target";
        store_.kept->unit_id = unit;
        store_.kept->raised_ms = clock_.now_ms();
        store_.kept->cured_ms = 0;
    }
    void cure() { store_.kept->cured_ms = clock_.now_ms(); }

    Outcome run(int attempt = 1) {
        Task task;
        task.attempt = attempt;
        task.business = "acme";
        task.kind = TaskKind::kAlert;
        task.key = store_.kept ? store_.kept->subject : "rental:r1";
        observe::StepLog steps(clock_);
        Outcome outcome =
            AlertTask({businesses_, store_, store_, store_, &news_, clock_}).run(task, steps);
        if (outcome.alert && outcome.alert->is_over) {
            store_.kept.reset();
        } else if (outcome.alert) {
            store_.kept = outcome.alert;
        }
        return outcome;
    }

    ManualClock clock_{1'800'000'000'000};
    config::Business config_;
    Businesses businesses_;
    FakeClient* client_ = nullptr;
    FakeStore store_;
    FakeNews news_;
};

TEST_F(AlertTaskTest, OneTaskIsMadeHoweverOftenTheLookFails) {
    for (int i = 0; i < 5; ++i) {
        raise();
        EXPECT_TRUE(run().status);
    }
    ASSERT_THAT(client_->made, SizeIs(1));
    EXPECT_EQ(client_->made[0].target_type, "unit");
    EXPECT_EQ(client_->made[0].target_id, "unit-1");
    EXPECT_EQ(client_->made[0].title, "Gatehouse: the unit has no target");
    EXPECT_THAT(news_.turns, ElementsAre(AlertTurn::kRaised));
}

TEST_F(AlertTaskTest, ATaskWhoseAnswerWasLostIsFoundAndNotMadeAgain) {
    raise();
    client_->loses_answers = true;
    run();
    EXPECT_EQ(client_->searches, 0) << "the first try needs no search";
    EXPECT_EQ(store_.kept->job_id, "");
    client_->loses_answers = false;
    store_.kept->text = "the unit has no target that would do";
    EXPECT_TRUE(run().status);
    EXPECT_THAT(client_->made, SizeIs(1));
    EXPECT_EQ(store_.kept->job_id, "job-1");
    EXPECT_LT(client_->searched_since_ms, clock_.now_ms());
    run();
    EXPECT_EQ(client_->searches, 1);
}

TEST_F(AlertTaskTest, P5_AfterAKillTheTaskIsLookedForFirst) {
    raise();
    run();
    store_.kept->job_id.clear();
    store_.kept->is_told = false;
    EXPECT_TRUE(run(2).status);
    EXPECT_THAT(client_->made, SizeIs(1));
    EXPECT_EQ(store_.kept->job_id, "job-1");
}

TEST_F(AlertTaskTest, WhereJobsCannotBeListedTheTaskIsMade) {
    raise();
    client_->search_error = Error{ErrorKind::kUnavailable, "down"};
    EXPECT_EQ(run(2).again_ms, clock_.now_ms()) << "the news first";
    EXPECT_FALSE(run().status);
    EXPECT_THAT(client_->made, IsEmpty());
    client_->search_error = Error{ErrorKind::kNotFound, "no such list"};
    EXPECT_TRUE(run().status);
    EXPECT_THAT(client_->made, SizeIs(1));
}

TEST_F(AlertTaskTest, ACureThatLastsCompletesTheTask) {
    raise();
    run();
    cure();
    const Outcome waiting = run();
    EXPECT_EQ(waiting.again_ms, clock_.now_ms() + config_.alerts.settle_ms);
    EXPECT_THAT(client_->completed, IsEmpty());
    clock_.advance_ms(config_.alerts.settle_ms);
    const Outcome outcome = run();
    EXPECT_THAT(client_->completed, ElementsAre("job-1"));
    EXPECT_THAT(news_.turns, ElementsAre(AlertTurn::kRaised, AlertTurn::kCured));
    EXPECT_THAT(outcome.follow_ups, SizeIs(1));
    EXPECT_FALSE(store_.kept);
}

TEST_F(AlertTaskTest, AnAlertThatFlapsKeepsItsOneTask) {
    for (int i = 0; i < 10; ++i) {
        raise();
        run();
        clock_.advance_ms(60'000);
        cure();
        run();
        clock_.advance_ms(60'000);
    }
    EXPECT_THAT(client_->made, SizeIs(1));
    EXPECT_THAT(client_->completed, IsEmpty());
    EXPECT_THAT(news_.turns, SizeIs(1));
}

TEST_F(AlertTaskTest, NewsDoesNotWaitForStoreganiseAndIsToldOnce) {
    client_->refusal = Error{ErrorKind::kUnavailable, "down"};
    raise();
    const Outcome first = run();
    ASSERT_TRUE(first.status);
    EXPECT_EQ(first.again_ms, clock_.now_ms());
    EXPECT_THAT(first.follow_ups, SizeIs(1));
    const Outcome second = run();
    ASSERT_FALSE(second.status);
    EXPECT_TRUE(second.never_dies);
    client_->refusal.reset();
    EXPECT_TRUE(run().status);
    EXPECT_THAT(client_->made, SizeIs(1));
    EXPECT_THAT(news_.turns, SizeIs(1));
}

TEST_F(AlertTaskTest, TheTaskStandsWhereStaffFindIt) {
    raise("rental:r1", "");
    store_.kept->rental_id = "r1";
    store_.record = access::RentalRecord{};
    store_.record->unit_id = "unit-7";
    run();
    ASSERT_THAT(client_->made, SizeIs(1));
    EXPECT_EQ(client_->made[0].target_id, "unit-7");
}

TEST_F(AlertTaskTest, WithoutAUnitItIsTheRenterOrTheAddOn) {
    raise("rental:r1", "");
    store_.kept->rental_id = "r1";
    store_.record = access::RentalRecord{};
    store_.record->renter_id = "u1";
    run();
    store_.kept.reset();
    raise("sweep:acme", "");
    config_.storeganise.addon_id = "gatehouse";
    run();
    store_.kept.reset();
    config_.storeganise.addon_id.clear();
    raise("sweep:acme", "");
    EXPECT_TRUE(run().status);
    ASSERT_THAT(client_->made, SizeIs(2));
    EXPECT_EQ(client_->made[0].target_type, "user");
    EXPECT_EQ(client_->made[1].target_type, "addon");
    EXPECT_EQ(client_->made[1].target_id, "gatehouse");
}

TEST_F(AlertTaskTest, ATaskThatIsRefusedIsNoReasonToFail) {
    client_->refusal = Error{ErrorKind::kInvalid, "no tasks on this"};
    raise();
    EXPECT_TRUE(run().status);
    EXPECT_THAT(news_.turns, SizeIs(1));
}

// Else the all-clear comes as late as the clock was ahead.
TEST_F(AlertTaskTest, ACureThatAClockWroteWhichWasAheadIsPast) {
    for (const std::int64_t ahead_ms : {7'200'000LL, 400LL * 86'400'000}) {
        raise();
        run();
        clock_.move_ms(ahead_ms);
        cure();
        clock_.move_ms(-ahead_ms);
        run();
        EXPECT_FALSE(store_.kept) << ahead_ms;
    }
}

TEST_F(AlertTaskTest, StaffTasksCanBeSwitchedOff) {
    config_.alerts.has_staff_tasks = false;
    raise();
    run();
    EXPECT_THAT(client_->made, IsEmpty());
    EXPECT_THAT(news_.turns, SizeIs(1));
}

TEST_F(AlertTaskTest, AnAlertThatWasCuredBeforeItWasToldGoesQuietly) {
    raise();
    cure();
    clock_.advance_ms(config_.alerts.settle_ms);
    run();
    EXPECT_THAT(client_->made, IsEmpty());
    EXPECT_THAT(news_.turns, IsEmpty());
    EXPECT_FALSE(store_.kept);
}

TEST_F(AlertTaskTest, DeadLettersStandUntilTheLastIsGone) {
    raise(dead_letter_subject(TaskKind::kResolve), "");
    store_.has_dead = true;
    EXPECT_GT(run().again_ms, clock_.now_ms());
    store_.has_dead = false;
    const Outcome outcome = run();
    ASSERT_THAT(outcome.alert_changes, SizeIs(1));
    EXPECT_FALSE(outcome.alert_changes[0].is_raised);
}

TEST_F(AlertTaskTest, ABusinessThatIsGoneAndAnAlertThatIsGoneEndWell) {
    EXPECT_TRUE(run().status);
    businesses_.clear();
    raise();
    EXPECT_TRUE(run().status);
}

}  // namespace
}  // namespace gatehouse::dispatch
