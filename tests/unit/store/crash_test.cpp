// Kills a process that appends and works under load, at random instants, and looks at what it left.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <future>
#include <map>
#include <random>
#include <thread>

#include "base/unique_fd.hpp"
#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"

namespace gatehouse::store {
namespace {

using dispatch::Completion;

// Rounds in CI; GATEHOUSE_CRASH_ROUNDS asks for more.
int rounds() {
    const char* asked = std::getenv("GATEHOUSE_CRASH_ROUNDS");  // NOLINT(concurrency-mt-unsafe)
    return asked == nullptr ? 25 : std::atoi(asked);            // NOLINT(cert-err34-c)
}

// What the child tells of an acknowledged event, at once and in one piece.
struct Acknowledged {
    std::int64_t sender_number = 0;
    std::int64_t event_id = 0;
};

NewEvent event_of(std::int64_t sender_number) {
    NewEvent event;
    event.business = "business-" + std::to_string(sender_number % 7);
    event.source = "storeganise";
    event.sender_id = "event-" + std::to_string(sender_number);
    event.body = std::string(static_cast<std::size_t>(sender_number % 3000), 'x');
    event.verified_by = "1";
    event.received_ms = 1;
    event.steps = {{1, observe::StepKind::kReceived, "received"}};
    event.tasks = {{event.business, dispatch::TaskKind::kResolve, "", 1, 0}};
    return event;
}

Result<std::unique_ptr<Store>> open(const std::string& path, const Clock& clock,
                                    observe::Metrics& metrics) {
    SqliteOptions options;
    options.path = path;
    return open_sqlite_store(options, clock, metrics);
}

// Works the resolve tasks off and leaves a reconcile task for each.
void work(Store& store) {
    for (int business = 0;; business = (business + 1) % 7) {
        const std::string name = "business-" + std::to_string(business);
        const auto leased = store.lease({{name, 4}}, 1'000'000, 2'000'000);
        if (!leased) return;
        for (const dispatch::Task& task : leased->tasks) {
            Completion completion;
            completion.task_id = task.id;
            completion.generation = task.generation;
            if (task.kind == dispatch::TaskKind::kResolve) {
                completion.follow_ups = {
                    {name, dispatch::TaskKind::kReconcile, "rental of " + task.key, 1, 0}};
            }
            if (!store.complete(completion)) return;
        }
    }
}

// The child: appends without end from four threads, two more work. Ends by SIGKILL only.
[[noreturn]] void append_until_killed(const std::string& path, int report_fd, int round) {
    const SystemClock clock;
    observe::Metrics metrics;
    auto store = open(path, clock, metrics);
    if (!store || !(*store)->reclaim_leases()) ::_exit(1);
    std::vector<std::thread> threads;
    threads.reserve(6);
    for (int i = 0; i < 2; ++i) {
        threads.emplace_back([&] { work(**store); });
    }
    std::atomic<std::int64_t> next = static_cast<std::int64_t>(round) * 1'000'000;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            while (true) {
                std::promise<void> answered;
                const std::int64_t sender_number = ++next;
                (*store)->append(event_of(sender_number), [&](const Result<Appended>& appended) {
                    const Acknowledged line{sender_number, appended ? appended->event_id : 0};
                    if (::write(report_fd, &line, sizeof(line)) != sizeof(line)) ::_exit(1);
                    answered.set_value();
                });
                answered.get_future().wait();
            }
        });
    }
    while (true) {
        ::pause();
    }
}

// Starts the child, kills it `after` and adds what it acknowledged.
void run_and_kill(const std::string& path, int round, std::chrono::microseconds after,
                  std::map<std::int64_t, std::int64_t>& acknowledged) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        reading.reset();
        append_until_killed(path, writing.get(), round);
    }
    writing.reset();
    Acknowledged line;
    // The instant counts from the first event on: before that there is nothing to lose.
    std::thread killer;
    while (::read(reading.get(), &line, sizeof(line)) == sizeof(line)) {
        EXPECT_NE(line.event_id, 0) << "an append failed";
        acknowledged[line.sender_number] = line.event_id;
        if (!killer.joinable()) {
            killer = std::thread([child, after] {
                std::this_thread::sleep_for(after);
                ::kill(child, SIGKILL);
            });
        }
    }
    const bool is_started = killer.joinable();
    if (is_started) killer.join();
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(is_started);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

TEST(CrashTest, P5_AKillLosesNoAcknowledgedEventAndNoTask) {
    const test::TempDir directory;
    const std::string path = (directory / "gatehouse.db").string();
    std::mt19937 random(20261122);
    std::uniform_int_distribution<int> instant_us(0, 60'000);
    std::map<std::int64_t, std::int64_t> acknowledged;
    for (int round = 0; round < rounds(); ++round) {
        run_and_kill(path, round, std::chrono::microseconds(instant_us(random)), acknowledged);
        if (HasFailure()) return;
    }
    ASSERT_GT(acknowledged.size(), static_cast<std::size_t>(rounds()));

    const SystemClock clock;
    observe::Metrics metrics;
    auto store = open(path, clock, metrics);
    ASSERT_TRUE(store) << store.error().message;
    for (const auto& [sender_number, event_id] : acknowledged) {
        const NewEvent sent = event_of(sender_number);
        const auto found = (*store)->event_by_sender_id(sent.business, sent.source, sent.sender_id);
        ASSERT_TRUE(found && *found) << sent.sender_id;
        EXPECT_EQ((*found)->id, event_id);
        EXPECT_EQ((*found)->body, sent.body);
        EXPECT_EQ((*found)->copies, 1);
        EXPECT_FALSE((*store)->timeline(event_id)->empty());
        // Nothing is skipped: what is not done has a task that waits or whose lease is reclaimed.
        if ((*found)->state == EventState::kDone) continue;
        const std::string key = std::to_string(event_id);
        const auto resolve = (*store)->waiting(sent.business, dispatch::TaskKind::kResolve, key);
        const auto reconcile =
            (*store)->waiting(sent.business, dispatch::TaskKind::kReconcile, "rental of " + key);
        EXPECT_TRUE(*resolve || *reconcile) << sent.sender_id;
    }
    RecordProperty("acknowledged", static_cast<int>(acknowledged.size()));
}

}  // namespace
}  // namespace gatehouse::store
