// A backup is whole, private and the way back.
#include "store/backup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include "store/sqlite/damage.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::store {
namespace {

class BackupTest : public ::testing::Test {
  protected:
    Result<std::unique_ptr<Store>> open() {
        SqliteOptions options;
        options.path = path_;
        return open_sqlite_store(options, clock_, metrics_);
    }

    Result<Appended> append(Store& store, const std::string& id) {
        NewEvent event;
        event.business = "acme";
        event.source = "storeganise";
        event.sender_id = id;
        event.received_ms = clock_.now_ms();
        event.tasks = {{"acme", dispatch::TaskKind::kResolve, "", clock_.now_ms(), 0}};
        std::promise<Result<Appended>> answer;
        store.append(std::move(event),
                     [&](Result<Appended> appended) { answer.set_value(std::move(appended)); });
        return answer.get_future().get();
    }

    void fill(const std::vector<std::string>& ids) {
        auto store = open();
        ASSERT_TRUE(store) << store.error().message;
        for (const std::string& id : ids) {
            ASSERT_TRUE(append(**store, id));
        }
    }

    bool holds(const std::string& id) {
        auto store = open();
        EXPECT_TRUE(store) << store.error().message;
        return store && (*store)->event_by_sender_id("acme", "storeganise", id)->has_value();
    }

    static std::string bytes_of(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    static unsigned mode_of(const std::string& path) {
        struct stat status = {};
        EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
        return status.st_mode & 0777U;
    }

    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
            names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        return names;
    }

    test::TempDir directory_;
    std::string path_ = (directory_ / "gatehouse.db").string();
    std::string backup_ = (directory_ / "copy's.db").string();
    ManualClock clock_{1'700'000'000'000};
    observe::Metrics metrics_;
};

TEST_F(BackupTest, P8_ACopyIsWholeAndForItsOwnerOnlyWhateverTheMask) {
    fill({"e1"});
    const mode_t mask = ::umask(0);
    const auto done = back_up(path_, backup_);
    ::umask(mask);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(mode_of(backup_), 0600U);
    EXPECT_EQ(files(), (std::vector<std::string>{"copy's.db", "gatehouse.db", "gatehouse.db.lock"}))
        << "and nothing beside it";
}

TEST_F(BackupTest, ACopyHoldsAllThatWasAnsweredBeforeItWhileTheHostGoesOn) {
    auto store = open();
    ASSERT_TRUE(append(**store, "before"));
    std::atomic<bool> is_over = false;
    std::thread sender([&] {
        for (int i = 0; !is_over; ++i) {
            EXPECT_TRUE(append(**store, "during" + std::to_string(i)));
        }
    });
    const auto done = back_up(path_, backup_);
    is_over = true;
    sender.join();
    ASSERT_TRUE(done) << done.error().message;
    store->reset();
    std::filesystem::remove(path_);
    ASSERT_TRUE(restore(backup_, path_, clock_.now_ms()));
    EXPECT_TRUE(holds("before"));
}

TEST_F(BackupTest, NothingIsOverwrittenAndNothingLeftBehind) {
    fill({"e1"});
    std::ofstream(backup_) << "something else";
    EXPECT_EQ(back_up(path_, backup_).error().kind, ErrorKind::kConflict);
    EXPECT_EQ(bytes_of(backup_), "something else");
    EXPECT_FALSE(back_up(path_, (directory_ / "no/such/folder.db").string()));
    EXPECT_FALSE(back_up((directory_ / "none.db").string(), (directory_ / "x.db").string()));
    EXPECT_EQ(files(),
              (std::vector<std::string>{"copy's.db", "gatehouse.db", "gatehouse.db.lock"}));
}

TEST_F(BackupTest, ABrokenDatabaseIsNotBackedUpAsIfItWereWhole) {
    fill({"e1"});
    std::string broken = bytes_of(path_);
    broken.replace(4096, broken.size() - 4096, broken.size() - 4096, '\xA5');
    std::ofstream(path_, std::ios::binary) << broken;
    EXPECT_FALSE(back_up(path_, backup_));
    EXPECT_FALSE(std::filesystem::exists(backup_));
}

TEST_F(BackupTest, P5_TheWayBack) {
    fill({"kept"});
    ASSERT_TRUE(back_up(path_, backup_));
    fill({"lost"});
    const auto restored = restore(backup_, path_, clock_.now_ms());
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(mode_of(path_), 0600U);
    EXPECT_TRUE(holds("kept"));
    EXPECT_FALSE(holds("lost"));
    EXPECT_TRUE(std::filesystem::exists(restored->kept_as)) << "the former one is kept";
    EXPECT_EQ(mode_of(restored->kept_as), 0600U);
    EXPECT_TRUE(std::filesystem::exists(backup_)) << "and so is the backup";
}

// A log beside another database than its own would be read into it.
TEST_F(BackupTest, P5_TheFormerLogIsNotReadIntoTheBackup) {
    fill({"kept"});
    ASSERT_TRUE(back_up(path_, backup_));
    {
        auto store = open();
        ASSERT_TRUE(append(**store, "lost"));
        // As a kill leaves them.
        for (const char* suffix : {"", "-wal", "-shm"}) {
            std::filesystem::copy_file(path_ + suffix,
                                       directory_ / ("killed" + std::string(suffix)));
        }
    }
    std::filesystem::remove(path_);
    for (const char* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::rename(directory_ / ("killed" + std::string(suffix)), path_ + suffix);
    }
    ASSERT_GT(std::filesystem::file_size(path_ + "-wal"), 0U);
    const auto restored = restore(backup_, path_, clock_.now_ms());
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
    EXPECT_TRUE(holds("kept"));
    EXPECT_FALSE(holds("lost"));
    std::filesystem::remove(path_);
    std::filesystem::rename(restored->kept_as, path_);
    EXPECT_TRUE(holds("lost")) << "what the log held is in the file that is kept";
}

// A copy of a killed host's files: what was answered last stands in the log alone.
TEST_F(BackupTest, P5_TheLogBesideTheSourceIsReadWithIt) {
    {
        auto store = open();
        ASSERT_TRUE(append(**store, "in the log"));
        for (const char* suffix : {"", "-wal"}) {
            std::filesystem::copy_file(path_ + suffix, backup_ + suffix);
        }
    }
    ASSERT_GT(std::filesystem::file_size(backup_ + "-wal"), 0U);
    std::filesystem::remove(path_);
    const std::string source = bytes_of(backup_);
    const std::string log = bytes_of(backup_ + "-wal");
    const auto restored = restore(backup_, path_, clock_.now_ms());
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_FALSE(std::filesystem::exists(path_ + ".restoring-wal"));
    EXPECT_TRUE(holds("in the log"));
    EXPECT_EQ(bytes_of(backup_), source) << "the source stays as it is";
    EXPECT_EQ(bytes_of(backup_ + "-wal"), log);
}

TEST_F(BackupTest, P5_ABrokenDatabaseAndItsMarkMakeWay) {
    fill({"kept"});
    ASSERT_TRUE(back_up(path_, backup_));
    std::string broken = bytes_of(path_);
    broken.replace(4096, broken.size() - 4096, broken.size() - 4096, '\xA5');
    std::ofstream(path_, std::ios::binary) << broken;
    std::ofstream(sqlite::damage_marker_of(path_)) << "broken\n";
    ASSERT_FALSE(open());
    const auto restored = restore(backup_, path_, clock_.now_ms());
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_TRUE(holds("kept"));
    EXPECT_EQ(bytes_of(restored->kept_as), broken);
}

TEST_F(BackupTest, ARunningHostKeepsItsDatabase) {
    fill({"e1"});
    ASSERT_TRUE(back_up(path_, backup_));
    const auto store = open();
    ASSERT_TRUE(store);
    EXPECT_EQ(restore(backup_, path_, clock_.now_ms()).error().kind, ErrorKind::kConflict);
}

TEST_F(BackupTest, WhatIsNoGoodBackupChangesNothing) {
    fill({"e1"});
    ASSERT_TRUE(back_up(path_, backup_));
    const std::string good = bytes_of(backup_);
    const std::string before = bytes_of(path_);
    std::string newer = good;
    newer[63] = 100;  // PRAGMA user_version, big-endian at 60
    std::string foreign = good;
    foreign[68] = 1;  // PRAGMA application_id
    std::string torn = good;
    torn.replace(8192, 4096, 4096, '\xA5');
    for (const std::string& bytes : {std::string(), std::string("not a database"),
                                     good.substr(0, good.size() / 2), newer, foreign, torn}) {
        std::ofstream(backup_, std::ios::binary) << bytes;
        const auto refused = restore(backup_, path_, clock_.now_ms());
        ASSERT_FALSE(refused);
        EXPECT_EQ(bytes_of(path_), before);
    }
    EXPECT_FALSE(restore((directory_ / "none").string(), path_, clock_.now_ms()));
    EXPECT_EQ(files(),
              (std::vector<std::string>{"copy's.db", "gatehouse.db", "gatehouse.db.lock"}));
    EXPECT_TRUE(holds("e1"));
}

TEST_F(BackupTest, AfterARestoreSweepsAreDueAtOnce) {
    {
        auto store = open();
        for (const char* key : {"full", "delta"}) {
            ASSERT_TRUE((*store)->enqueue(
                {{"acme", dispatch::TaskKind::kSweep, key, clock_.now_ms() + 80'000'000, 0}}));
        }
    }
    ASSERT_TRUE(back_up(path_, backup_));
    ASSERT_TRUE(restore(backup_, path_, clock_.now_ms()));
    auto store = open();
    EXPECT_EQ((*store)->queue_state()->waiting, 2);
}

TEST_F(BackupTest, ABackupOfAnOlderVersionIsBroughtForward) {
    std::ofstream(backup_).close();
    {
        auto old = sqlite::Database::open(backup_, sqlite::Database::Access::kWrite);
        (*old)->execute(bytes_of(std::string(STORE_TEST_DATA) + "/version_2.sql"));
        ASSERT_TRUE((*old)->status());
    }
    const auto restored = restore(backup_, path_, clock_.now_ms());
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_TRUE(restored->kept_as.empty());
    auto store = open();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_TRUE(*(*store)->rental("acme", "r1"));
}

}  // namespace
}  // namespace gatehouse::store
