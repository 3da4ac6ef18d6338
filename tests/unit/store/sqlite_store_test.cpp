// What only the embedded engine promises: its file, its lock, and what it does on a bad disk.
#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <future>

namespace gatehouse::store {
namespace {

class SqliteStoreTest : public ::testing::Test {
  protected:
    static constexpr UnixMs kNowMs = 1'700'000'000'000;

    SqliteStoreTest() { options_.path = (directory_ / "gatehouse.db").string(); }

    Result<std::unique_ptr<Store>> open() { return open_sqlite_store(options_, clock_, metrics_); }

    NewEvent event(const std::string& sender_id, std::size_t body_bytes = 100) const {
        NewEvent event;
        event.business = "acme";
        event.source = "storeganise";
        event.sender_id = sender_id;
        event.body = std::string(body_bytes, 'x');
        event.received_ms = kNowMs;
        event.state = EventState::kIgnored;
        return event;
    }

    static Result<Appended> append(Store& store, NewEvent event) {
        auto answer = std::make_shared<std::promise<Result<Appended>>>();
        auto future = answer->get_future();
        store.append(std::move(event), [answer](Result<Appended> appended) {
            answer->set_value(std::move(appended));
        });
        return future.get();
    }

    int commits() const {
        const std::string name = "gatehouse_store_commit_seconds_count ";
        const std::string text = metrics_.text();
        return std::stoi(text.substr(text.find(name) + name.size()));
    }

    static mode_t mode_of(const std::string& path) {
        struct stat status {};
        return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777u : 0;
    }

    test::TempDir directory_;
    SqliteOptions options_;
    ManualClock clock_{kNowMs};
    observe::Metrics metrics_;
};

// A connection's catch-up after a long absence can bring a hundred thousand events of doors:
// seconds for which no sender would be answered if they were one operation.
TEST_F(SqliteStoreTest, P1_SendersGetTheirTurnBetweenTheAccessEventsOfARun) {
    auto store = open();
    ASSERT_TRUE(store);
    const dispatch::NewTask care{"acme", dispatch::TaskKind::kCare, "doors", kNowMs};
    ASSERT_TRUE((*store)->enqueue({care}));
    const auto leased = (*store)->lease({{"acme", 1}}, kNowMs, kNowMs + 1000);
    ASSERT_EQ(leased->tasks.size(), 1u);
    dispatch::Completion completion;
    completion.task_id = leased->tasks[0].id;
    completion.generation = leased->tasks[0].generation;
    for (int i = 0; i < 1700; ++i) {
        completion.access_events.push_back({.business = "acme",
                                            .connection = "doors",
                                            .vendor_id = std::to_string(i),
                                            .occurred_ms = kNowMs});
    }
    const int before = commits();
    ASSERT_TRUE((*store)->complete(completion));
    EXPECT_EQ(commits() - before, 4);
    EXPECT_EQ(*(*store)->forget_access_events(kNowMs + 1, 2000), 1700) << "all of them were put";
    EXPECT_EQ((*store)->complete(completion).error().kind, ErrorKind::kConflict);
    EXPECT_EQ(*(*store)->forget_access_events(kNowMs + 1, 2000), 0);
}

TEST_F(SqliteStoreTest, P8_ItsFilesAreForTheOwnerOnly) {
    const mode_t mask = ::umask(0);
    {
        auto store = open();
        ASSERT_TRUE(store) << store.error().message;
        ASSERT_TRUE(append(**store, event("e1")));
        for (const std::string suffix : {"", "-wal", "-shm", ".lock"}) {
            EXPECT_EQ(mode_of(options_.path + suffix), 0600u) << suffix;
        }
    }
    ::umask(mask);
}

TEST_F(SqliteStoreTest, ASecondUserIsRefusedUntilTheFirstIsGone) {
    auto first = open();
    ASSERT_TRUE(first);
    const auto second = open();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, ErrorKind::kConflict);
    EXPECT_NE(second.error().message.find("another process uses the database"), std::string::npos);
    first->reset();
    EXPECT_TRUE(open());
}

TEST_F(SqliteStoreTest, ADirectoryThatDoesNotExistIsNamed) {
    options_.path = (directory_ / "missing/gatehouse.db").string();
    const auto store = open();
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().kind, ErrorKind::kUnavailable);
    EXPECT_NE(store.error().message.find(options_.path), std::string::npos);
}

TEST_F(SqliteStoreTest, AFileThatIsNoDatabaseIsRefusedAndKept) {
    const std::string text(5000, 'n');
    std::ofstream(options_.path) << text;
    EXPECT_FALSE(open());
    std::ifstream file(options_.path);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), text);
}

TEST_F(SqliteStoreTest, AFullFileRefusesEventsAndTakesThemAgainOnceThereIsRoom) {
    options_.max_pages = 200;
    auto store = open();
    ASSERT_TRUE(store);
    int taken = 0;
    Result<Appended> appended = Appended();
    while (taken < 1000) {
        appended = append(**store, event("e" + std::to_string(taken), 4000));
        if (!appended) break;
        ++taken;
    }
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().kind, ErrorKind::kUnavailable);
    EXPECT_GT(taken, 10);
    EventFilter filter;
    filter.limit = 1000;
    EXPECT_EQ((*store)->events(filter)->size(), static_cast<std::size_t>(taken));

    ASSERT_EQ((*store)->forget_events(kNowMs + 1, 10).value(), 10);
    EXPECT_TRUE(append(**store, event("e" + std::to_string(taken), 4000)));
}

TEST_F(SqliteStoreTest, AnEventTooLargeForTheFileFailsAlone) {
    options_.max_pages = 200;
    auto store = open();
    ASSERT_TRUE(store);
    std::vector<std::future<bool>> answers;
    for (int i = 0; i < 20; ++i) {
        auto answer = std::make_shared<std::promise<bool>>();
        answers.push_back(answer->get_future());
        NewEvent sent = event("e" + std::to_string(i), i % 2 == 0 ? 100 : 5'000'000);
        sent.state = EventState::kOpen;
        (*store)->append(std::move(sent), [answer](const Result<Appended>& appended) {
            answer->set_value(appended.has_value());
        });
    }
    for (std::size_t i = 0; i < answers.size(); ++i) {
        EXPECT_EQ(answers[i].get(), i % 2 == 0) << i;
    }
    EXPECT_EQ((*store)->events({})->size(), 10u);
}

// Lets this process write no byte of any file beyond its first `bytes`, as a full disk would.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = bytes;
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
    sighandler_t handler_ = SIG_DFL;
};

TEST_F(SqliteStoreTest, P1_AFailingDiskRefusesEverythingAndRecoversByItself) {
    auto store = open();
    ASSERT_TRUE(store);
    ASSERT_TRUE(append(**store, event("before")));
    for (int round = 0; round < 3; ++round) {
        const std::string id = "during " + std::to_string(round);
        {
            const FileSizeLimit limit(1024);
            for (int i = 0; i < 3; ++i) {
                const auto refused = append(**store, event(id));
                ASSERT_FALSE(refused);
                EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
            }
            EXPECT_FALSE((*store)->check_writable());
            EXPECT_TRUE((*store)->events({}));
        }
        EXPECT_TRUE((*store)->check_writable());
        const auto again = append(**store, event(id));
        ASSERT_TRUE(again) << again.error().message;
        EXPECT_FALSE(again->is_duplicate) << "a refused event must leave nothing behind";
    }
    store->reset();
    store = open();
    ASSERT_TRUE(store);
    EXPECT_EQ((*store)->events({})->size(), 4u);
}

TEST_F(SqliteStoreTest, AFullQueueRefusesAtOnce) {
    options_.queue_limit = 2;
    auto store = open();
    ASSERT_TRUE(store);
    // The writer stands still inside the first answer, so the rest stays queued.
    std::promise<void> is_held;
    std::promise<void> release;
    (*store)->append(event("first"), [&](const Result<Appended>&) {
        is_held.set_value();
        release.get_future().wait();
    });
    is_held.get_future().wait();
    std::vector<std::future<bool>> answers;
    for (int i = 0; i < 3; ++i) {
        auto answer = std::make_shared<std::promise<bool>>();
        answers.push_back(answer->get_future());
        (*store)->append(event(std::to_string(i)), [answer](const Result<Appended>& appended) {
            answer->set_value(appended.has_value());
        });
    }
    EXPECT_FALSE(answers[2].get()) << "refused while the writer stands still";
    release.set_value();
    EXPECT_TRUE(answers[0].get());
    EXPECT_TRUE(answers[1].get());
}

TEST_F(SqliteStoreTest, AQueueFullOfBytesRefusesAtOnce) {
    options_.queue_bytes_limit = 10'000;
    auto store = open();
    ASSERT_TRUE(store);
    const auto refused = append(**store, event("large", 20'000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(append(**store, event("small", 1000)));
}

}  // namespace
}  // namespace gatehouse::store
