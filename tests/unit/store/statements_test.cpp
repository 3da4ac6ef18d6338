// Every statement of the store finds its rows by an index: none walks a table (promise P10: what
// one business stored costs no other).
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <set>

#include "store/sqlite/access_events.hpp"
#include "store/sqlite/alerts.hpp"
#include "store/sqlite/clock.hpp"
#include "store/sqlite/completions.hpp"
#include "store/sqlite/dead_letters.hpp"
#include "store/sqlite/events.hpp"
#include "store/sqlite/reads.hpp"
#include "store/sqlite/rentals.hpp"
#include "store/sqlite/renters.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/stamps.hpp"
#include "store/sqlite/tasks.hpp"
#include "store/sqlite/transfers.hpp"
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

    // Its target changes with every look.
    std::shared_ptr<const access::RentalRecord> record() {
        access::RentalRecord record;
        record.business = "acme";
        record.rental_id = "r1";
        record.targets = {"lock:" + std::to_string(++looks_)};
        return std::make_shared<const access::RentalRecord>(record);
    }

    void run_one(Outcome outcome) {
        for (const dispatch::Task& task : lease(*context_, {{"acme", 1}}, kNowMs, kNowMs).tasks) {
            Completion completion;
            completion.task_id = task.id;
            completion.generation = task.generation;
            completion.outcome = outcome;
            completion.retry_due_ms = kNowMs;
            completion.steps = {{kNowMs, observe::StepKind::kNote, "looked"}};
            completion.rental = record();
            completion.transfers = {{"acme", "r0", "r1", "job", kNowMs, 0}};
            completion.access_events = {access::AccessEvent{.business = "acme",
                                                            .connection = "doors",
                                                            .vendor_id = task.key,
                                                            .occurred_ms = kNowMs}};
            completion.alert_changes = {{"rental:r1", outcome == Outcome::kRetry, "sad"}};
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
        EXPECT_FALSE(discard_dead_letter(context_->database(), 1));
        context_->take_due();
        reclaim_leases(*context_);
        forget_events(*context_, kNowMs + 1, 10);
        append("e1", TaskKind::kResolve);
        forget_old();
        enqueue_timer();
        write_alerts();
        forget_access_events(*database_, kNowMs + 1, 10);
        erase_a_renter();
    }

    void forget_old() {
        context_->note_time();
        context_->take_time();
        read_seen_ms(*database_);
        advance_retention(*context_, 1);
        move_tasks(*context_, -1, 0, 10);
        pull_back_stamps(*context_, 10);
        pull_back_rentals(*context_, 0, 10);
        forget_ids(*database_, kNowMs + 1, 10);
        forget_rentals(*database_, kNowMs + 1, 10);
        forget_dead_letters(*database_, kNowMs + 1, 10);
        forget_dead_events(*database_, kNowMs + 1, 10);
    }

    // Every kind of row once, so that each is erased.
    void erase_a_renter() {
        RenterRows rows;
        rows.rentals = {"r1"};
        rows.events = rows.steps = rows.tasks = rows.dead_letters = {1000};
        rows.alerts = rows.access_events = {1000};
        erase_some(*context_, "acme", rows, 100);
        note_erasure(*context_, "acme", "ann", 1);
        read_renter(*database_, "acme", "ann");
        read_access_event(*database_, 1);
    }

    void enqueue_timer() {
        dispatch::NewTask care{"acme", TaskKind::kCare, "doors", kNowMs, 0};
        care.only_if_absent = true;
        ASSERT_TRUE(enqueue(*context_, care));
        for (const dispatch::Task& task : lease(*context_, {{"acme", 9}}, kNowMs, kNowMs).tasks) {
            Completion completion;
            completion.task_id = task.id;
            completion.generation = task.generation;
            completion.again_ms = kNowMs + 1;
            ASSERT_TRUE(complete(*context_, completion));
        }
    }

    void write_alerts() {
        for (const char* text : {"sad", "sadder"}) {
            ASSERT_TRUE(change_alerts(*context_, "acme", {{"sweep:acme", true, text}}));
        }
        ASSERT_TRUE(change_alerts(*context_, "acme", {{"sweep:acme", false}}));
        for (const bool is_over : {false, true}) {
            auto reached = read_alert(*database_, "acme", "sweep:acme");
            ASSERT_TRUE(reached);
            reached->is_over = is_over;
            note_alert_result(*context_, *reached);
        }
        EXPECT_FALSE(read_alert(*database_, "acme", "sweep:acme"));
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
            read_alerts(*database_, business, 10);
            read_fuse_blocked(*database_, business, 10);
        }
        read_timeline(*database_, 1);
        read_rental_steps(*database_, "acme", "r1", 10);
        read_dead_letter(*database_, "acme", TaskKind::kReconcile, "r1");
        read_waiting(*database_, "acme", TaskKind::kReconcile, "r1");
        read_secret_uses(*database_, "acme");
        read_rental(*database_, "acme", "r1");
        read_rentals(*database_, "acme", "", 10);
        read_events_of_rental(*database_, "acme", "r1", 10);
        read_lookups();
    }

    void read_lookups() {
        using access::RentalKey;
        for (const RentalKey key :
             {RentalKey::kUnit, RentalKey::kRenter, RentalKey::kSite, RentalKey::kTarget}) {
            read_rentals_by(*database_, "acme", key, "x", "", 10);
        }
        read_pin_holder(*database_, "acme", "s1", "hash");
        read_fuse_counts(*database_, "acme", "s1", kNowMs);
        read_open_transfers(*database_, "acme", "r1", 10);
        access::AccessEventFilter filter;
        filter.business = "acme";
        read_access_events(*database_, filter, 10);
        for (auto part :
             {&access::AccessEventFilter::connection, &access::AccessEventFilter::target,
              &access::AccessEventFilter::renter_id, &access::AccessEventFilter::rental_id}) {
            filter.*part = "x";
            read_access_events(*database_, filter, 10);
        }
    }

    // What is read in full because it holds nothing but what was asked for.
    static bool is_all_wanted(const std::string& line) {
        return line == "SCAN CONSTANT ROW" || line == "SCAN r USING INDEX rentals_blocked" ||
               line.rfind("SCAN json_each VIRTUAL TABLE", 0) == 0 ||
               line.rfind("SCAN term VIRTUAL TABLE", 0) == 0;
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
            if (line.rfind("SCAN ", 0) == 0 && !is_all_wanted(line)) found.push_back(line);
        }
        sqlite3_finalize(statement);
        return found;
    }

    test::TempDir directory_;
    ManualClock clock_{kNowMs};
    std::unique_ptr<Database> database_;
    std::unique_ptr<WriteContext> context_;
    int looks_ = 0;
};

TEST_F(StatementsTest, P10_NoStatementWalksATable) {
    write_everything();
    read_everything();
    ASSERT_TRUE(database_->status()) << database_->status().error().message;

    // These stop after their first row, as the table's own order is the wanted one.
    const std::set<std::string> bounded = {"SELECT id FROM steps ORDER BY id DESC LIMIT 1"};
    const std::vector<std::string> statements = database_->statements();
    EXPECT_GT(statements.size(), 80u);
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
