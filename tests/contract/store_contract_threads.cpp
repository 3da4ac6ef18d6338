// The same promises with many threads at once.
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "contract/store_contract.hpp"

namespace gatehouse::store {

using dispatch::Completion;
using dispatch::Task;
using Outcome = dispatch::Completion::Outcome;

namespace {

constexpr int kThreads = 32;

template <typename Body>
void on_threads(int count, Body body) {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        threads.emplace_back([&body, i] { body(i); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

}  // namespace

TEST_P(StoreContract, Threads_P2_TheSameIdFromManyThreadsMakesOneEvent) {
    for (int round = 0; round < 10; ++round) {
        std::vector<Result<Appended>> answers(kThreads);
        on_threads(kThreads, [&](int i) {
            answers[static_cast<std::size_t>(i)] = append(new_event(std::to_string(round)));
        });
        int originals = 0;
        std::set<std::int64_t> ids;
        for (const Result<Appended>& answer : answers) {
            ASSERT_TRUE(answer);
            if (!answer->is_duplicate) ++originals;
            ids.insert(answer->event_id);
        }
        EXPECT_EQ(originals, 1);
        EXPECT_EQ(ids.size(), 1u);
        EXPECT_EQ((*store().event(*ids.begin()))->copies, kThreads);
    }
    EXPECT_EQ(lease(1000).size(), 10u);
}

TEST_P(StoreContract, Threads_P1_AnAnsweredEventIsReadable) {
    std::atomic<int> unseen = 0;
    on_threads(8, [&](int thread) {
        for (int i = 0; i < 25; ++i) {
            const auto id = append_id(std::to_string(thread) + "-" + std::to_string(i));
            const auto event = store().event(id);
            if (!event || !*event) ++unseen;
        }
    });
    EXPECT_EQ(unseen, 0);
    EXPECT_EQ(store().queue_state()->waiting, 200);
}

TEST_P(StoreContract, Threads_P3_NoKeyIsWorkedOnTwiceAtOnceAndNoRequestIsLost) {
    constexpr int kRentals = 4;
    constexpr int kRequests = 40;
    std::mutex mutex;
    std::map<std::string, int> asked;  // requests so far, by rental
    std::map<std::string, int> seen;   // of these, those that a finished run had before it began
    std::set<std::string> running;
    std::atomic<int> overlaps = 0;
    std::atomic<bool> is_asking = true;

    const auto work = [&] {
        while (true) {
            const bool was_asking = is_asking;
            const std::vector<Task> tasks = lease(1);
            if (tasks.empty() && !was_asking) return;
            for (const Task& task : tasks) {
                int known = 0;
                {
                    const std::lock_guard lock(mutex);
                    if (!running.insert(task.key).second) ++overlaps;
                    known = asked[task.key];
                }
                std::this_thread::yield();
                {
                    const std::lock_guard lock(mutex);
                    running.erase(task.key);
                    seen[task.key] = known;
                }
                done(task);
            }
        }
    };
    std::vector<std::thread> workers(4);
    for (std::thread& worker : workers) {
        worker = std::thread(work);
    }
    on_threads(kRentals, [&](int rental) {
        const std::string key = "r" + std::to_string(rental);
        for (int i = 0; i < kRequests; ++i) {
            {
                const std::lock_guard lock(mutex);
                ++asked[key];
            }
            enqueue(reconcile(key));
        }
    });
    is_asking = false;
    for (std::thread& worker : workers) {
        worker.join();
    }
    // A worker may stop while another one's last run is moved on; what is left is done here.
    for (std::vector<Task> rest = lease(10); !rest.empty(); rest = lease(10)) {
        for (const Task& task : rest) {
            seen[task.key] = asked[task.key];
            done(task);
        }
    }
    EXPECT_EQ(overlaps, 0);
    for (const auto& [key, count] : asked) {
        EXPECT_EQ(seen[key], count) << key;
    }
}

TEST_P(StoreContract, Threads_ReadersAndWritersGoOnTogether) {
    std::atomic<bool> is_writing = true;
    std::thread writer([&] {
        for (int i = 0; i < 100; ++i) {
            resolved_event("e" + std::to_string(i), {});
        }
        is_writing = false;
    });
    on_threads(4, [&](int) {
        std::int64_t newest = 0;
        while (is_writing) {
            const auto events = store().events({});
            ASSERT_TRUE(events);
            if (events->empty()) continue;
            EXPECT_GE(events->front().id, newest);
            newest = events->front().id;
            EXPECT_TRUE(store().timeline(newest));
            EXPECT_TRUE(store().queue_state());
        }
    });
    writer.join();
    EXPECT_EQ(store().events({std::nullopt, EventState::kDone, 0, 1000})->size(), 100u);
}

}  // namespace gatehouse::store
