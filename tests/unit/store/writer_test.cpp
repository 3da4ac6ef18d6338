#include "store/sqlite/writer.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <future>

#include "store/sqlite/damage.hpp"

namespace gatehouse::store::sqlite {
namespace {

// Adds a row, then does what `then` says.
class AddRow final : public Operation {
  public:
    using Then = std::function<Result<void>(WriteContext&)>;
    AddRow(std::int64_t id, Then then, std::promise<Result<void>> answer)
        : id_(id), then_(std::move(then)), answer_(std::move(answer)) {}

    Result<void> run(WriteContext& context) override {
        sqlite::run(context.database(), "INSERT INTO rows (id) VALUES (?)", id_);
        return then_ ? then_(context) : Result<void>();
    }
    void finish(const Result<void>& outcome) override { answer_.set_value(outcome); }

  private:
    std::int64_t id_;
    Then then_;
    std::promise<Result<void>> answer_;
};

class WriterTest : public ::testing::Test {
  protected:
    WriterTest() : path_((directory_ / "test.db").string()) {
        std::ofstream(path_).close();
        auto database = open();
        database->execute("PRAGMA journal_mode = WAL");
        database->execute("CREATE TABLE rows (id INTEGER PRIMARY KEY)");
        // The queue of the due is asked of after every group.
        database->execute("CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT)");
        database->execute(
            "CREATE TABLE tasks (business INTEGER, due_ms INTEGER, "
            "leased_until_ms INTEGER)");
        database->execute(
            "CREATE TABLE clock (id INTEGER PRIMARY KEY, seen_ms INTEGER, retention_ms INTEGER)");
        writer_ = std::make_unique<Writer>(std::move(database),
                                           std::make_unique<Checkpointer>(open(), 1000), damage_,
                                           clock_, metrics_, WriterLimits());
    }

    std::unique_ptr<Database> open() {
        auto database = Database::open(path_, Database::Access::kWrite);
        EXPECT_TRUE(database);
        return std::move(*database);
    }

    std::future<Result<void>> add(std::int64_t id, AddRow::Then then = nullptr) {
        std::promise<Result<void>> answer;
        auto future = answer.get_future();
        writer_->submit(std::make_unique<AddRow>(id, std::move(then), std::move(answer)));
        return future;
    }

    // Holds the writer inside an operation, so that what comes meanwhile makes one group.
    void hold() {
        held_ = add(1000, [this, is_released = release_.get_future().share()](WriteContext&) {
            told_.set_value();
            is_released.wait();
            return Result<void>();
        });
        told_.get_future().wait();
    }
    void release() {
        release_.set_value();
        EXPECT_TRUE(held_.get());
    }

    // Every third operation of one group fails as `failure` does.
    void expect_alone(const AddRow::Then& failure) {
        constexpr int kOperations = 20;
        hold();
        std::vector<std::future<Result<void>>> answers;
        answers.reserve(kOperations);
        for (int i = 0; i < kOperations; ++i) {
            answers.push_back(add(i, i % 3 == 1 ? failure : nullptr));
        }
        release();
        std::int64_t written = 1;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const bool is_written = answers[i].get().has_value();
            EXPECT_EQ(is_written, i % 3 != 1) << i;
            if (is_written) ++written;
        }
        EXPECT_EQ(rows(), written);
    }

    std::int64_t rows() { return number(*open(), "SELECT count(*) FROM rows").value_or(-1); }

    test::TempDir directory_;
    std::string path_;
    SystemClock clock_;
    observe::Metrics metrics_;
    std::promise<void> told_;
    std::promise<void> release_;
    std::future<Result<void>> held_;
    Damage damage_{path_, clock_, metrics_};
    std::unique_ptr<Writer> writer_;
};

Result<void> refuse(WriteContext&) {
    return fail(ErrorKind::kConflict, "refused");
}

Result<void> break_a_rule(WriteContext& context) {
    run(context.database(), "INSERT INTO rows (id) VALUES (1000)");
    return {};
}

Result<void> end_the_transaction(WriteContext& context) {
    run(context.database(), "INSERT OR ROLLBACK INTO rows (id) VALUES (1000)");
    return {};
}

TEST_F(WriterTest, AnOperationThatRefusesIsUndoneAlone) {
    expect_alone(refuse);
}

TEST_F(WriterTest, AnOperationThatTheDatabaseRefusesIsUndoneAlone) {
    expect_alone(break_a_rule);
}

TEST_F(WriterTest, AnOperationThatEndsTheTransactionIsUndoneAlone) {
    expect_alone(end_the_transaction);
}

TEST_F(WriterTest, AnotherProgramsLockRefusesTheGroupAndItsEndLetsTheNextPass) {
    const std::unique_ptr<Database> other = open();
    other->execute("BEGIN IMMEDIATE");
    const Result<void> refused = add(1).get();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
    other->execute("ROLLBACK");
    EXPECT_TRUE(add(1).get());
    EXPECT_EQ(rows(), 1);
}

TEST_F(WriterTest, ClosingFromManyThreadsAtOnceIsOneClose) {
    std::vector<std::future<Result<void>>> answers(50);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        answers[i] = add(static_cast<std::int64_t>(i));
    }
    std::vector<std::thread> closers(4);
    for (std::thread& closer : closers) {
        closer = std::thread([this] { writer_->close(); });
    }
    for (std::thread& closer : closers) {
        closer.join();
    }
    for (auto& answer : answers) {
        EXPECT_TRUE(answer.get());
    }
    EXPECT_FALSE(add(51).get());
}

}  // namespace
}  // namespace gatehouse::store::sqlite
