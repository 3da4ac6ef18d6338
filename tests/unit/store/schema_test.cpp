#include "store/sqlite/schema.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>
#include <fstream>
#include <sstream>

#include "observe/metrics.hpp"
#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::store::sqlite {
namespace {

class SchemaTest : public ::testing::Test {
  protected:
    SchemaTest() : path_((directory_ / "gatehouse.db").string()) { std::ofstream(path_).close(); }

    std::unique_ptr<Database> database() {
        auto opened = Database::open(path_, Database::Access::kWrite);
        EXPECT_TRUE(opened);
        return std::move(*opened);
    }

    Result<std::unique_ptr<Store>> open_store() {
        SqliteOptions options;
        options.path = path_;
        return open_sqlite_store(options, clock_, metrics_);
    }

    test::TempDir directory_;
    std::string path_;
    ManualClock clock_{1'700'000'000'000};
    observe::Metrics metrics_;
    int rows_ = 0;
};

std::string text_of(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// "type name: sql" of everything in the file.
std::string shape_of(Database& database) {
    std::string shape;
    Query query(database, "SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY 1, 2");
    while (query.next()) {
        shape += query.text(0) + " " + query.text(1) + ": " + query.text(2) + "\n";
    }
    return shape;
}

constexpr std::array<const char*, 2> kTwoSteps = {
    "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);",
    "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1;"};

TEST_F(SchemaTest, AnOlderFileTakesOnlyTheStepsThatItLacks) {
    const std::unique_ptr<Database> file = database();
    ASSERT_TRUE(migrate(*file, std::span(kTwoSteps).first(1)));
    EXPECT_EQ(number(*file, "PRAGMA user_version"), 1);
    ASSERT_TRUE(migrate(*file, kTwoSteps));
    EXPECT_EQ(number(*file, "PRAGMA user_version"), 2);
    EXPECT_EQ(number(*file, "SELECT y FROM a"), 2);
    ASSERT_TRUE(migrate(*file, kTwoSteps));
    EXPECT_EQ(number(*file, "SELECT count(*) FROM a"), 1);
}

TEST_F(SchemaTest, AStepThatFailsLeavesTheVersionBefore) {
    constexpr std::array<const char*, 2> kBroken = {kTwoSteps[0],
                                                    "UPDATE a SET x = 7; SELECT * FROM nothing;"};
    const std::unique_ptr<Database> file = database();
    const auto migrated = migrate(*file, kBroken);
    ASSERT_FALSE(migrated);
    EXPECT_TRUE(file->ok());
    EXPECT_FALSE(file->in_transaction());
    EXPECT_EQ(number(*file, "PRAGMA user_version"), 1);
    EXPECT_EQ(number(*file, "SELECT x FROM a"), 1);
}

TEST_F(SchemaTest, AFileOfANewerVersionIsRefusedUnchanged) {
    {
        const std::unique_ptr<Database> file = database();
        ASSERT_TRUE(migrate(*file, migrations()));
        file->execute("PRAGMA user_version = 1000");
    }
    const std::string before = text_of(path_);
    const auto store = open_store();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(store.error().message.find("version 1000"), std::string::npos);
    EXPECT_EQ(text_of(path_), before);
}

TEST_F(SchemaTest, AnotherProgramsDatabaseIsRefusedUnchanged) {
    database()->execute("CREATE TABLE songs (title TEXT)");
    const std::string before = text_of(path_);
    const auto store = open_store();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(store.error().message.find("another program"), std::string::npos);
    EXPECT_EQ(text_of(path_), before);
}

// data/version_1.sql is a file as version 1 wrote it, with `.dump`; it never changes.
TEST_F(SchemaTest, P5_AFileOfVersion1IsReadInFull) {
    const std::string dump = text_of(std::string(STORE_TEST_DATA) + "/version_1.sql");
    ASSERT_FALSE(dump.empty());
    {
        const std::unique_ptr<Database> file = database();
        file->execute(dump);
        ASSERT_TRUE(file->status()) << file->status().error().message;
    }
    auto store = open_store();
    ASSERT_TRUE(store) << store.error().message;
    const auto event = (*store)->event_by_sender_id("acme", "storeganise", "e1");
    ASSERT_TRUE(event && *event);
    EXPECT_EQ((*event)->body, "{\"id\":\"e1\"}");
    EXPECT_EQ((*event)->state, EventState::kOpen);
    EXPECT_EQ((*event)->rentals, std::vector<std::string>{"r1"});
    EXPECT_EQ((*store)->timeline((*event)->id)->size(), 2u);
    EXPECT_EQ((*(*store)->rental("acme", "r0"))->unit_name, "A12");
    EXPECT_EQ((*store)->rentals_by("acme", access::RentalKey::kUnit, "u1", "", 10)->size(), 1u);
    EXPECT_EQ((*store)->dead_letters("bravo", 0, 10)->at(0).error.kind, ErrorKind::kNotFound);
    ASSERT_TRUE((*store)->reclaim_leases());
    const auto leased = (*store)->lease({{"acme", 10}}, clock_.now_ms(), clock_.now_ms() + 1);
    ASSERT_EQ(leased->tasks.size(), 1u);
    EXPECT_EQ(leased->tasks[0].key, "r1");
    EXPECT_EQ(leased->tasks[0].attempt, 2);
}

// data/version_2.sql likewise.
TEST_F(SchemaTest, P5_AFileOfVersion2IsReadInFull) {
    {
        const std::unique_ptr<Database> file = database();
        file->execute(text_of(std::string(STORE_TEST_DATA) + "/version_2.sql"));
        ASSERT_TRUE(file->status()) << file->status().error().message;
    }
    auto store = open_store();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*(*store)->event(1))->state, EventState::kOpen) << "its news are not told yet";
    const auto record = *(*store)->rental("acme", "r1");
    ASSERT_TRUE(record);
    EXPECT_EQ(record->targets, (std::vector<std::string>{"lock:1", "lock:2"}));
    EXPECT_EQ(record->move_out_job_id, "j2");
    EXPECT_EQ((*store)->rentals_by("acme", access::RentalKey::kTarget, "lock:2", "", 9)->size(),
              1u);
    EXPECT_EQ((*store)->open_transfers("acme", "r1")->size(), 1u);
    EXPECT_EQ((*(*store)->alert("acme", "rental:r1"))->text, "no e-mail");
    access::AccessEventFilter events;
    events.business = "acme";
    EXPECT_EQ((*store)->access_events(events)->at(0).event.occurred_ms, clock_.now_ms() - 7);
    ASSERT_TRUE((*store)->reclaim_leases());
    ASSERT_TRUE((*store)->replay_dead_letter(1, clock_.now_ms()));
    const auto leased =
        (*store)->lease({{"acme", 1}, {"bravo", 1}}, clock_.now_ms(), clock_.now_ms() + 1);
    ASSERT_EQ(leased->tasks.size(), 2u);
    EXPECT_EQ(leased->tasks[0].key, "r2");
    EXPECT_EQ(leased->tasks[0].flags, dispatch::kVerify)
        << "an event asked while it ran, and nobody knows how far the run came";
    EXPECT_EQ(leased->tasks[1].flags, dispatch::kSwept | dispatch::kVerify);
}

// data/version_3.sql likewise.
TEST_F(SchemaTest, P5_AFileOfVersion3IsReadInFull) {
    {
        const std::unique_ptr<Database> file = database();
        file->execute(text_of(std::string(STORE_TEST_DATA) + "/version_3.sql"));
        ASSERT_TRUE(file->status()) << file->status().error().message;
    }
    auto store = open_store();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(*(*store)->last_seen_ms(), clock_.now_ms() - 10'000);
    EXPECT_EQ(*(*store)->advance_retention(1000), clock_.now_ms() - 19'000);
    EXPECT_EQ((*store)->renter("acme", "p9")->erased_ms, std::vector<UnixMs>{1'699'000'000'000});
    EXPECT_EQ((*store)->forget_ids(clock_.now_ms(), 10).value(), 1);
    EXPECT_EQ((*store)->forget_rentals(clock_.now_ms(), 10).value(), 1);
    EXPECT_TRUE(*(*store)->rental("acme", "r1"));
}

// data/version_4.sql likewise.
TEST_F(SchemaTest, P5_AFileOfVersion4IsReadInFull) {
    {
        const std::unique_ptr<Database> file = database();
        file->execute(text_of(std::string(STORE_TEST_DATA) + "/version_4.sql"));
        ASSERT_TRUE(file->status()) << file->status().error().message;
    }
    auto store = open_store();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(*(*store)->last_seen_ms(), clock_.now_ms() - 10'000);
    EXPECT_EQ(*(*store)->note_check(), clock_.now_ms() - 30'000);
    EXPECT_TRUE(*(*store)->rental("acme", "r1"));
}

TEST_F(SchemaTest, AVersion2FilesEndedRentalsGetAnAge) {
    {
        const std::unique_ptr<Database> file = database();
        file->execute(text_of(std::string(STORE_TEST_DATA) + "/version_2.sql"));
        for (const char* desired :
             {R"({"state":"ended"})", R"({"state":"active"})", "", "{", "[]"}) {
            file->execute(
                "INSERT INTO rentals (business, rental_id, connection, site_id, unit_id, "
                "unit_name, "
                "renter_id, desired_json, grant_json, fields_json, updated_ms) VALUES (1, 'old' "
                "|| " +
                std::to_string(++rows_) + ", '', '', '', '', '', '" + desired + "', '', '', 7)");
        }
        ASSERT_TRUE(file->status()) << file->status().error().message;
    }
    auto store = open_store();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->forget_rentals(8, 10).value(), 1);
    EXPECT_FALSE(*(*store)->rental("acme", "old1"));
}

TEST_F(SchemaTest, AVersion1FilesGrantsAreFoundByTheirTargets) {
    {
        const std::unique_ptr<Database> file = database();
        file->execute(text_of(std::string(STORE_TEST_DATA) + "/version_1.sql"));
        file->execute(R"(UPDATE rentals SET grant_json = '{"schema":1,"targets":[)"
                      R"({"target":"lock:1","name":"Front"},{"target":"group:2","name":""}]}')");
        file->execute(
            "INSERT INTO rentals SELECT 2, 1, 'torn', '', '', '', '', '', '', '{\"', '', 0");
        ASSERT_TRUE(file->status()) << file->status().error().message;
    }
    auto store = open_store();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*(*store)->rental("acme", "r0"))->targets,
              (std::vector<std::string>{"group:2", "lock:1"}));
    EXPECT_TRUE((*(*store)->rental("acme", "torn"))->targets.empty());
    EXPECT_EQ((*store)->rentals_by("acme", access::RentalKey::kTarget, "lock:1", "", 9)->size(),
              1u);
}

TEST_F(SchemaTest, AnUpgradedFileHasTheShapeOfAFreshOne) {
    const std::string fresh_path = (directory_ / "fresh.db").string();
    std::ofstream(fresh_path).close();
    auto fresh = Database::open(fresh_path, Database::Access::kWrite);
    ASSERT_TRUE(migrate(**fresh, migrations()));

    const std::unique_ptr<Database> old = database();
    old->execute(text_of(std::string(STORE_TEST_DATA) + "/version_1.sql"));
    ASSERT_TRUE(migrate(*old, migrations()));
    EXPECT_EQ(shape_of(*old), shape_of(**fresh));
}

}  // namespace
}  // namespace gatehouse::store::sqlite
