// A broken file is found, told and refused; it is never read as if it were whole.
#include <gtest/gtest.h>

#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include "store/sqlite/checker.hpp"
#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::store::sqlite {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;

class DamageTest : public ::testing::Test {
  protected:
    void SetUp() override {
        auto store = open();
        ASSERT_TRUE(store) << store.error().message;
        for (int i = 0; i < 40; ++i) {
            append(**store, "e" + std::to_string(i), std::string(300, 'x'));
        }
    }

    Result<std::unique_ptr<Store>> open() {
        SqliteOptions options;
        options.path = path_;
        return open_sqlite_store(options, clock_, metrics_);
    }

    Result<Appended> append(Store& store, const std::string& id, std::string body = "{}") {
        NewEvent event;
        event.business = "acme";
        event.source = "storeganise";
        event.sender_id = id;
        event.body = std::move(body);
        event.received_ms = clock_.now_ms();
        event.tasks = {{"acme", dispatch::TaskKind::kResolve, "", clock_.now_ms(), 0}};
        std::promise<Result<Appended>> answer;
        store.append(std::move(event),
                     [&](Result<Appended> appended) { answer.set_value(std::move(appended)); });
        return answer.get_future().get();
    }

    std::string bytes() const {
        std::ifstream file(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    void write(const std::string& bytes, const std::string& suffix = "") const {
        std::ofstream(path_ + suffix, std::ios::binary) << bytes;
    }

    std::size_t page_of(const std::string& name) {
        auto database = Database::open(path_, Database::Access::kRead);
        return static_cast<std::size_t>(
            number(**database, "SELECT rootpage FROM sqlite_schema WHERE name = ?", name)
                .value_or(0));
    }

    // Takes all entries from the index of due tasks: nothing is due then, without any error.
    void empty_the_queue() {
        std::string broken = bytes();
        const std::size_t cells = (page_of("tasks_by_due") - 1) * kPage + 3;
        broken[cells] = broken[cells + 1] = 0;
        write(broken);
    }

    // As a process that was killed leaves it.
    void end_uncleanly() const { write(std::string(32, '\0'), "-wal"); }

    bool has_marker() const { return std::ifstream(damage_marker_of(path_)).good(); }

    static constexpr std::size_t kPage = 4096;

    test::TempDir directory_;
    std::string path_ = (directory_ / "gatehouse.db").string();
    ManualClock clock_{1'700'000'000'000};
    observe::Metrics metrics_;
};

TEST_F(DamageTest, AWholeFileIsTakenAfterAnUncleanEnd) {
    end_uncleanly();
    const auto store = open();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->damage(), std::nullopt);
    EXPECT_FALSE(has_marker());
}

TEST_F(DamageTest, P6_AfterAnUncleanEndABrokenFileIsRefusedUntilAPersonDecides) {
    empty_the_queue();
    end_uncleanly();
    for (int start = 0; start < 2; ++start) {
        const auto store = open();
        ASSERT_FALSE(store);
        EXPECT_NE(store.error().message.find("damaged"), std::string::npos)
            << store.error().message;
        EXPECT_NE(store.error().message.find("gatehouse restore"), std::string::npos);
        EXPECT_TRUE(has_marker());
    }
    std::remove(damage_marker_of(path_).c_str());
    EXPECT_TRUE(open()) << "who deletes the mark goes on with the file as it is";
}

TEST_F(DamageTest, P6_ACheckWhileItRunsStopsEverything) {
    empty_the_queue();
    auto store = open();
    ASSERT_TRUE(store) << "a clean end is believed";
    Damage damage(path_, clock_, metrics_);
    Checker checker(path_, damage, clock_, metrics_);
    checker.begin();
    ASSERT_TRUE(checker.wait(kPatience));
    ASSERT_TRUE(damage.is_found());
    EXPECT_NE(damage.what()->find("tasks_by_due"), std::string::npos) << *damage.what();
    EXPECT_FALSE(damage.refuse_if_found());
    EXPECT_TRUE(has_marker());
    EXPECT_EQ(metrics_.gauge("gatehouse_store_damaged", "").value(), 1);
}

// Whichever page is overwritten, by whatever. Pages that hold nothing are left out.
TEST_F(DamageTest, EveryBrokenPageIsFound) {
    (*Database::open(path_, Database::Access::kWrite))->execute("VACUUM");
    const std::string whole = bytes();
    ASSERT_GT(whole.size(), 20 * kPage);
    for (std::size_t page = 1; page < whole.size() / kPage; ++page) {
        for (const char filler : {'\0', '\xA5'}) {
            std::string broken = whole;
            broken.replace(page * kPage, kPage, kPage, filler);
            write(broken);
            Damage damage(path_, clock_, metrics_);
            Checker checker(path_, damage, clock_, metrics_);
            checker.begin();
            ASSERT_TRUE(checker.wait(kPatience));
            EXPECT_TRUE(damage.is_found())
                << "page " << page + 1 << " filled with " << static_cast<int>(filler);
        }
    }
}

TEST_F(DamageTest, P1_WhatIsMetWhileItRunsIsToldAndEverythingIsRefused) {
    std::string broken = bytes();
    const std::size_t page = page_of("events");
    broken.replace((page - 1) * kPage, kPage, kPage, '\xA5');
    write(broken);
    auto store = open();
    ASSERT_TRUE(store) << "nothing has read that page yet";
    const auto refused = append(**store, "new");
    ASSERT_FALSE(refused);
    ASSERT_TRUE((*store)->damage());
    EXPECT_TRUE(has_marker());
    EXPECT_FALSE(append(**store, "later"));
    EXPECT_FALSE((*store)->check_writable());
    const auto read = (*store)->rental("acme", "r1");
    ASSERT_FALSE(read) << "what a broken file says is not believed, though that page is whole";
    EXPECT_NE(read.error().message.find("gatehouse restore"), std::string::npos);
    EXPECT_NE(read.error().kind, ErrorKind::kUnavailable) << "no use in trying again";
    store->reset();
    EXPECT_FALSE(open());
}

// A host that is restarted every day, and ends in order, is checked all the same.
TEST_F(DamageTest, WhenItWasCheckedIsKnownToTheNextProcess) {
    clock_.advance_ms(1000);
    auto store = open();
    EXPECT_EQ(*(*store)->note_check(), 0);
    (*store)->begin_check();
    while (*(*store)->note_check() == 0) {
        std::this_thread::yield();
    }
    const UnixMs checked_ms = clock_.now_ms();
    EXPECT_EQ(*(*store)->note_check(), checked_ms);
    clock_.advance_ms(5000);
    (*store)->begin_check();
    while (*(*store)->note_check() == checked_ms) {
        std::this_thread::yield();
    }
    store->reset();
    clock_.advance_ms(5000);
    store = open();
    EXPECT_EQ(*(*store)->note_check(), clock_.now_ms() - 5000);
    EXPECT_EQ((*store)->damage(), std::nullopt);
}

TEST_F(DamageTest, AFileThatIsCutOffIsRefused) {
    const std::string whole = bytes();
    for (const std::size_t left : {kPage / 2, kPage, 3 * kPage}) {
        write(whole.substr(0, left));
        end_uncleanly();
        const auto store = open();
        EXPECT_FALSE(store) << left;
        std::remove(damage_marker_of(path_).c_str());
    }
}

TEST_F(DamageTest, AClosingStoreDoesNotWaitForACheck) {
    auto store = open();
    ASSERT_TRUE(store);
    for (int i = 0; i < 20; ++i) {
        (*store)->begin_check();
    }
    store->reset();
}

}  // namespace
}  // namespace gatehouse::store::sqlite
