// What `gatehouse restore` puts beside the former database, and what it must not leave in its
// place.
#include "app/backup.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::app {
namespace {

class AppBackupTest : public testing::Test {
  protected:
    AppBackupTest() {
        write("gatehouse.yaml",
              "store:\n  sqlite:\n    path: " + (dir_ / "gatehouse.db").string() + "\n");
        make_database();
    }

    void make_database() {
        ASSERT_TRUE(store::open_sqlite_store({.path = dir_ / "gatehouse.db"}, clock_, metrics_));
    }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(dir_ / name) << text;
    }

    std::string text_of(const std::string& name) const {
        std::ifstream file(dir_ / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    // The names that begin so, of the files that a restore keeps.
    std::vector<std::string> kept(const std::string& suffix) const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with("gatehouse.db.before-") && name.ends_with(suffix)) {
                names.push_back(name);
            }
        }
        return names;
    }

    Result<std::vector<std::string>> restore(const std::string& from) {
        clock_.advance_ms(60'000);
        return app::restore(dir_ / "gatehouse.yaml", dir_ / from, clock_);
    }

    test::TempDir dir_;
    ManualClock clock_{1'700'000'000'000};
    observe::Metrics metrics_;
};

// Else tasks of the backup that never failed would be given up unseen.
TEST_F(AppBackupTest, MarksOfFailuresGoWithTheFormerDatabase) {
    ASSERT_TRUE(back_up(dir_ / "gatehouse.yaml", dir_ / "copy.db"));
    write("crashed-tasks", "7 1700000000\n7 1700000001\n");
    const auto restored = restore("copy.db");
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_FALSE(std::filesystem::exists(dir_ / "crashed-tasks"));
    const auto marks = kept(".crashed-tasks");
    ASSERT_EQ(marks.size(), 1U);
    EXPECT_EQ(text_of(marks[0]), "7 1700000000\n7 1700000001\n");
}

// A restore that was a mistake is undone by restoring what was kept: its key is found beside it.
TEST_F(AppBackupTest, TheFormerKeyLiesBesideTheFormerDatabaseAndComesBackWithIt) {
    write("pin.key", "former key");
    ASSERT_TRUE(back_up(dir_ / "gatehouse.yaml", dir_ / "copy.db"));
    write("copy.db.pin.key", "key of the backup");
    ASSERT_TRUE(restore("copy.db"));
    EXPECT_EQ(text_of("pin.key"), "key of the backup");
    const auto keys = kept(".pin.key");
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_EQ(text_of(keys[0]), "former key");
    const std::string former = keys[0].substr(0, keys[0].size() - std::string(".pin.key").size());
    ASSERT_TRUE(std::filesystem::exists(dir_ / former));
    const auto back = restore(former);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(text_of("pin.key"), "former key");
}

TEST_F(AppBackupTest, WithoutAFormerDatabaseNothingIsLostEither) {
    write("pin.key", "former key");
    ASSERT_TRUE(back_up(dir_ / "gatehouse.yaml", dir_ / "copy.db"));
    write("copy.db.pin.key", "key of the backup");
    write("crashed-tasks", "7 1700000000\n");
    std::filesystem::remove(dir_ / "gatehouse.db");
    const auto restored = restore("copy.db");
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_FALSE(std::filesystem::exists(dir_ / "crashed-tasks"));
    EXPECT_EQ(kept(".pin.key").size(), 1U);
}

}  // namespace
}  // namespace gatehouse::app
