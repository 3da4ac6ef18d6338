// How many events a second the store appends, and whether an append costs more once a million are
// stored. Prints a table, or JSON lines with --json.
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"
#include "store/sqlite_store.hpp"

namespace gatehouse::store {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Settings {
    std::string directory = std::filesystem::temp_directory_path().string();
    std::int64_t stored_events = 1'000'000;
    int businesses = 10'000;
    bool has_random_ids = false;
    bool is_json = false;
};

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

void report(const Settings& settings, const std::string& what, double value,
            const std::string& unit) {
    if (settings.is_json) {
        std::printf("{\"bench\":\"store\",\"what\":\"%s\",\"value\":%.4f,\"unit\":\"%s\"}\n",
                    what.c_str(), value, unit.c_str());
    } else {
        std::printf("%-56s %12.2f %s\n", what.c_str(), value, unit.c_str());
    }
    std::fflush(stdout);
}

// What the disk allows: two pages written and synced, as a small commit does.
double fsync_ms(const std::string& directory) {
    const std::string path = directory + "/store_bench.fsync";
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    const std::string pages(8192, 'x');
    constexpr off_t kRounds = 200;
    const auto write_at = [&](off_t round) {
        if (::pwrite(fd.get(), pages.data(), pages.size(), round * 8192) < 0) std::abort();
    };
    for (off_t round = 0; round < kRounds; ++round) {
        write_at(round);
    }
    ::fsync(fd.get());
    const auto start = SteadyClock::now();
    for (off_t round = 0; round < kRounds; ++round) {
        write_at(round);
        ::fdatasync(fd.get());
    }
    const double milliseconds = seconds_since(start) * 1000 / static_cast<double>(kRounds);
    ::unlink(path.c_str());
    return milliseconds;
}

class Load {
  public:
    Load(Store& store, const Clock& clock, int businesses)
        : store_(store), clock_(clock), businesses_(businesses) {}

    // Appends `count` events with at most `in_flight` unanswered, each submitter waiting for its
    // own answer before it sends the next. Returns seconds; every answer's delay goes to
    // `delays_ms`.
    double run(std::int64_t count, int in_flight, std::vector<double>* delays_ms = nullptr) {
        std::vector<std::vector<double>> delays(static_cast<std::size_t>(in_flight));
        const auto start = SteadyClock::now();
        // One thread submits for many senders, as an edge's worker does.
        std::mutex mutex;
        std::condition_variable is_free;
        std::vector<int> free_slots(delays.size());
        std::iota(free_slots.begin(), free_slots.end(), 0);
        for (std::int64_t i = 0; i < count; ++i) {
            int slot = 0;
            {
                std::unique_lock lock(mutex);
                is_free.wait(lock, [&] { return !free_slots.empty(); });
                slot = free_slots.back();
                free_slots.pop_back();
            }
            const auto sent = SteadyClock::now();
            store_.append(next_event(), [&, slot, sent](const Result<Appended>& appended) {
                if (!appended) std::abort();
                delays[static_cast<std::size_t>(slot)].push_back(seconds_since(sent) * 1000);
                const std::lock_guard lock(mutex);
                free_slots.push_back(slot);
                is_free.notify_one();
            });
        }
        {
            std::unique_lock lock(mutex);
            is_free.wait(lock, [&] { return free_slots.size() == delays.size(); });
        }
        const double seconds = seconds_since(start);
        if (delays_ms != nullptr) {
            for (const std::vector<double>& slot : delays) {
                delays_ms->insert(delays_ms->end(), slot.begin(), slot.end());
            }
        }
        return seconds;
    }

    // Works every waiting task off, so that events finish as they do in life.
    void drain() {
        std::mutex mutex;
        auto businesses = store_.businesses_due();
        const auto work = [&] {
            while (true) {
                std::string business;
                {
                    const std::lock_guard lock(mutex);
                    if (businesses->empty()) return;
                    business = businesses->back().business;
                    businesses->pop_back();
                }
                const UnixMs now_ms = clock_.now_ms();
                const auto leased = store_.lease({{business, 1000}}, now_ms, now_ms + 60'000);
                for (const dispatch::Task& task : leased->tasks) {
                    dispatch::Completion completion;
                    completion.task_id = task.id;
                    completion.generation = task.generation;
                    if (!store_.complete(completion)) std::abort();
                }
            }
        };
        std::vector<std::thread> workers(64);
        for (std::thread& worker : workers) {
            worker = std::thread(work);
        }
        for (std::thread& worker : workers) {
            worker.join();
        }
    }

    NewEvent next_event() {
        const std::int64_t number = ++made_;
        NewEvent event;
        // Spread over the businesses without order, as senders do.
        event.business =
            "business-" + std::to_string((number * 7919) % static_cast<std::int64_t>(businesses_));
        event.source = "storeganise";
        char id[32];
        // As the sender makes them: seconds, one of its processes, a counter.
        const unsigned long long scattered =
            static_cast<unsigned long long>(number) * 0x9e3779b97f4a7c15ULL;
        if (has_random_ids_) {
            std::snprintf(id, sizeof(id), "%016llx%08llx", scattered, scattered >> 7);
        } else {
            std::snprintf(id, sizeof(id), "%08llx%010llx%06llx",
                          static_cast<unsigned long long>(number / 1000), scattered >> 60,
                          static_cast<unsigned long long>(number) & 0xffffff);
        }
        event.sender_id = id;
        event.type = "job.unit_moveIn.completed";
        event.body = R"({"id":")" + event.sender_id +
                     R"(","created":"2021-11-21T11:26:32.105Z","type":")" + event.type +
                     R"(","data":{"jobId":"5bf540e8d986a91cd713affe"}})";
        event.verified_by = "1";
        event.received_ms = clock_.now_ms();
        event.steps = {{event.received_ms, observe::StepKind::kReceived, "received " + event.type}};
        event.tasks = {{event.business, dispatch::TaskKind::kResolve, "", event.received_ms, 0}};
        if (without_tasks_) {
            event.tasks.clear();
            event.state = EventState::kIgnored;
        }
        return event;
    }

    void without_tasks(bool is_without) { without_tasks_ = is_without; }
    void random_ids(bool has_random_ids) { has_random_ids_ = has_random_ids; }

  private:
    Store& store_;
    const Clock& clock_;
    const int businesses_;
    std::int64_t made_ = 0;
    bool without_tasks_ = false;
    bool has_random_ids_ = false;
};

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * share);
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

// Events a second with this many senders, and how long a sender waits.
double measure(const Settings& settings, Load& load, const std::string& stored, int in_flight) {
    const std::int64_t count = in_flight == 1 ? 3000 : 20'000;
    std::vector<double> delays_ms;
    const double seconds = load.run(count, in_flight, &delays_ms);
    const std::string what =
        std::to_string(in_flight) + (in_flight == 1 ? " sender, " : " senders, ") + stored;
    const double rate = static_cast<double>(count) / seconds;
    report(settings, "appends/s, " + what, rate, "1/s");
    report(settings, "  delay p50, " + what, percentile(delays_ms, 0.50), "ms");
    report(settings, "  delay p99, " + what, percentile(delays_ms, 0.99), "ms");
    report(settings, "  delay max, " + what, percentile(delays_ms, 1.0), "ms");
    load.drain();
    return rate;
}

int bench(const Settings& settings) {
    const std::string directory = settings.directory + "/gatehouse-store-bench";
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    report(settings, "two pages written and synced", fsync_ms(directory), "ms");

    const SystemClock clock;
    observe::Metrics metrics;
    SqliteOptions options;
    options.path = directory + "/gatehouse.db";
    auto store = open_sqlite_store(options, clock, metrics);
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().message.c_str());
        return 1;
    }
    Load load(**store, clock, settings.businesses);
    load.random_ids(settings.has_random_ids);
    // Every business's first event also writes its name; that is no part of the comparison.
    load.without_tasks(true);
    load.run(settings.businesses, 256);
    load.without_tasks(false);

    measure(settings, load, "empty", 1);
    const double empty_rate = measure(settings, load, "empty", 32);
    load.without_tasks(true);
    const auto start = SteadyClock::now();
    load.run(settings.stored_events, 1024);
    report(settings, "appends/s while filling, 1024 senders",
           static_cast<double>(settings.stored_events) / seconds_since(start), "1/s");
    load.without_tasks(false);
    // What the filling left to write is no part of what an append costs.
    ::sync();
    report(settings, "two pages written and synced, again", fsync_ms(directory), "ms");
    const std::string stored = std::to_string(settings.stored_events) + " stored";
    measure(settings, load, stored, 1);
    const double full_rate = measure(settings, load, stored, 32);
    report(settings, "cost of an append, " + stored + " against empty", empty_rate / full_rate,
           "times");
    const auto size = std::filesystem::file_size(options.path);
    report(settings, "database", static_cast<double>(size) / 1048576, "MiB");
    report(settings, "write-ahead log",
           static_cast<double>(std::filesystem::file_size(options.path + "-wal")) / 1048576, "MiB");
    (*store)->close();
    store->reset();
    std::filesystem::remove_all(directory);
    return 0;
}

}  // namespace
}  // namespace gatehouse::store

int main(int argc, char** argv) {
    gatehouse::store::Settings settings;
    CLI::App app("Measures the store");
    app.add_option("--directory", settings.directory, "where to put the database");
    app.add_option("--events", settings.stored_events, "events to store before the second half");
    app.add_option("--businesses", settings.businesses, "businesses that they come from");
    app.add_flag("--random-ids", settings.has_random_ids, "senders whose ids have no order");
    app.add_flag("--json", settings.is_json, "one JSON object a line");
    CLI11_PARSE(app, argc, argv);
    return gatehouse::store::bench(settings);
}
