#include "store/sqlite/checkpointer.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>

namespace gatehouse::store::sqlite {
namespace {

constexpr std::int64_t kStartFrames = 100;

class CheckpointerTest : public ::testing::Test {
  protected:
    CheckpointerTest() : path_((directory_ / "test.db").string()) {
        std::ofstream(path_).close();
        writer_ = open(Database::Access::kWrite);
        writer_->execute("PRAGMA journal_mode = WAL");
        writer_->execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT)");
        checkpointer_ =
            std::make_unique<Checkpointer>(open(Database::Access::kWrite), kStartFrames);
    }

    std::unique_ptr<Database> open(Database::Access access) {
        auto database = Database::open(path_, access);
        EXPECT_TRUE(database);
        return std::move(*database);
    }

    // Returns the longest that the log has been.
    std::int64_t write(int commits) {
        std::int64_t longest = 0;
        for (int i = 0; i < commits; ++i) {
            run(*writer_, "INSERT INTO rows (text) VALUES (?)", std::string(3000, 'x'));
            checkpointer_->after_commit(*writer_);
            longest = std::max(longest, writer_->log_frames());
        }
        EXPECT_TRUE(writer_->ok());
        return longest;
    }

    // Writes until the log has started again from its beginning.
    bool log_starts_again() {
        constexpr int kPatience = 100'000;
        for (int i = 0; i < kPatience; ++i) {
            write(1);
            if (writer_->log_frames() < kStartFrames) return true;
        }
        return false;
    }

    test::TempDir directory_;
    std::string path_;
    std::unique_ptr<Database> writer_;
    std::unique_ptr<Checkpointer> checkpointer_;
};

TEST_F(CheckpointerTest, TheLogStartsAgainWhileTheWriterGoesOn) {
    write(kStartFrames);
    for (int i = 0; i < 5; ++i) {
        write(kStartFrames);
        EXPECT_TRUE(log_starts_again());
    }
}

TEST_F(CheckpointerTest, ShortReadsDoNotKeepTheLogGrowing) {
    std::atomic<bool> is_over = false;
    std::vector<std::thread> readers(2);
    for (std::thread& thread : readers) {
        thread = std::thread([&] {
            const std::unique_ptr<Database> reader = open(Database::Access::kRead);
            while (!is_over) {
                number(*reader, "SELECT max(id) FROM rows");
            }
        });
    }
    for (int i = 0; i < 5; ++i) {
        write(kStartFrames);
        EXPECT_TRUE(log_starts_again());
    }
    is_over = true;
    for (std::thread& reader : readers) {
        reader.join();
    }
}

TEST_F(CheckpointerTest, AfterALongReadTheLogStartsAgain) {
    const std::unique_ptr<Database> reader = open(Database::Access::kRead);
    run(*reader, "BEGIN");
    EXPECT_EQ(number(*reader, "SELECT count(*) FROM rows"), 0);
    EXPECT_GE(write(3 * kStartFrames), 3 * kStartFrames) << "the reader needs its snapshot";
    EXPECT_EQ(number(*reader, "SELECT count(*) FROM rows"), 0);
    run(*reader, "COMMIT");
    EXPECT_TRUE(log_starts_again());
}

}  // namespace
}  // namespace gatehouse::store::sqlite
