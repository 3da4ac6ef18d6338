// Every statement of the store finds its rows by an index: none walks a table (promise P10: what
// one business stored costs no other).
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <set>

#include "store/sqlite/dead_letters.hpp"
#include "store/sqlite/events.hpp"
#include "store/sqlite/reads.hpp"
#include "store/sqlite/rentals.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/tasks.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::store::sqlite {
namespace {

using dispatch::Completion;
using dispatch::TaskKind;
using Outcome = dispatch::Completion::Outcome;

constexpr UnixMs kNowMs = 1'700'000'000'000;

class StatementsTest : public ::testing::Test {
  protected:
    void SetUp() override {
        const std::string path = (directory_ / "gatehouse.db").string();
        std::ofstream(path).close();
        ASSERT_TRUE(migrate(*opened(path), migrations()));
        database_ = opened(path);
        context_ = std::make_unique<WriteContext>(*database_, clock_);
    }

    static std::unique_ptr<Database> opened(const std::string& path) {
        auto database = Database::open(path, Database::Access::kWrite);
        EXPECT_TRUE(database);
        return std::move(*database);
    }

    void append(const std::string& sender_id, TaskKind kind) {
        NewEvent event;
        event.business = "acme";
        event.source = "storeganise";
        event.sender_id = sender_id;
        event.verified_by = "1";
        event.steps = {{kNowMs, observe::StepKind::kReceived, "received"}};
        event.tasks = {{"acme", kind, kind == TaskKind::kReconcile ? "r1" : "", kNowMs, 0}};
        append_event(*context_, event);
    }

    void run_one(Outcome outcome) {
        for (const dispatch::Task& task : lease(*context_, {{"acme", 1}}, kNowMs, kNowMs).tasks) {
            Completion completion;
            completion.task_id = task.id;
            completion.generation = task.generation;
            completion.outcome = outcome;
            completion.retry_due_ms = kNowMs;
            completion.steps = {{kNowMs, observe::StepKind::kNote, "looked"}};
            completion.rental = std::make_shared<const access::RentalRecord>();
            if (task.kind == TaskKind::kResolve) {
                completion.follow_ups = {{"acme", TaskKind::kReconcile, "r1", kNowMs, 0}};
            }
            ASSERT_TRUE(complete(*context_, completion));
        }
    }

    // Each way through the writing functions once.
    void write_everything() {
        append("e1", TaskKind::kResolve);
        append("e1", TaskKind::kResolve);
        append("e2", TaskKind::kReconcile);
        for (const Outcome outcome : {Outcome::kRetry, Outcome::kDone, Outcome::kDone}) {
            run_one(outcome);
        }
        append("e3", TaskKind::kReconcile);
        run_one(Outcome::kDead);
        ASSERT_TRUE(replay_dead_letter(*context_, 1, kNowMs));
        context_->take_due();
        reclaim_leases(*context_);
        forget_events(*context_, kNowMs + 1, 10);
    }

    void read_everything() {
        read_event(*database_, 1);
        read_event_by_sender_id(*database_, "acme", "storeganise", "e1");
        for (const std::optional<std::string>& business :
             {std::optional<std::string>("acme"), {}}) {
            for (const std::optional<EventState>& state :
                 {std::optional<EventState>(EventState::kOpen), {}}) {
                read_events(*database_, {business, state, 0, 10});
            }
            read_dead_letters(*database_, business, 0, 10);
        }
        read_timeline(*database_, 1);
        read_rental_steps(*database_, "acme", "r1", 10);
        read_waiting(*database_, "acme", TaskKind::kReconcile, "r1");
        read_secret_uses(*database_, "acme");
        read_rental(*database_, "acme", "r1");
        read_rentals(*database_, "acme", "", 10);
    }

    // The lines of the plan that walk a table or a whole index.
    std::vector<std::string> walks(const std::string& sql) {
        std::vector<std::string> found;
        sqlite3_stmt* statement = nullptr;
        const std::string explain = "EXPLAIN QUERY PLAN " + sql;
        EXPECT_EQ(sqlite3_prepare_v2(database_->handle(), explain.c_str(), -1, &statement, nullptr),
                  SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            const void* text = sqlite3_column_blob(statement, 3);
            const int size = sqlite3_column_bytes(statement, 3);
            const std::string line(static_cast<const char*>(text), static_cast<std::size_t>(size));
            if (line.rfind("SCAN ", 0) == 0) found.push_back(line);
        }
        sqlite3_finalize(statement);
        return found;
    }

    test::TempDir directory_;
    ManualClock clock_{kNowMs};
    std::unique_ptr<Database> database_;
    std::unique_ptr<WriteContext> context_;
};

TEST_F(StatementsTest, P10_NoStatementWalksATable) {
    write_everything();
    read_everything();
    ASSERT_TRUE(database_->status()) << database_->status().error().message;

    // These stop after their first row, as the table's own order is the wanted one.
    const std::set<std::string> bounded = {"SELECT id FROM steps ORDER BY id DESC LIMIT 1"};
    const std::vector<std::string> statements = database_->statements();
    EXPECT_GT(statements.size(), 40u);
    for (const std::string& sql : statements) {
        if (bounded.count(sql) != 0) continue;
        EXPECT_EQ(walks(sql), std::vector<std::string>()) << sql;
    }
}

TEST_F(StatementsTest, TheTestSeesAWalk) {
    EXPECT_FALSE(walks("SELECT id FROM events WHERE body = ''").empty());
}

}  // namespace
}  // namespace gatehouse::store::sqlite
