#include "dispatch/dispatcher.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

#include "observe/log.hpp"

namespace gatehouse::dispatch {
namespace {

// Longer than the longest call that a task makes (facts, a plugin's call_ms, write-back), so that
// another host never takes over work that is still under way.
constexpr std::int64_t kLeaseMs = 300'000;

// The scheduler looks at the time of day at least this often, since it may be set.
constexpr std::chrono::minutes kLongestSleep{1};

// How long the scheduler waits before it asks a store again that could not be written.
constexpr std::chrono::seconds kStorePause{1};

std::string_view to_string(Completion::Outcome outcome) {
    switch (outcome) {
        case Completion::Outcome::kDone:
            return "done";
        case Completion::Outcome::kRetry:
            return "retry";
        case Completion::Outcome::kDead:
            return "dead";
    }
    return "unknown";
}

void log_run(const Task& task, const Completion& completion) {
    if (observe::is_enabled(observe::Level::kDebug)) {
        observe::debug("dispatch", "task ended",
                       {{"business", task.business},
                        {"task", to_string(task.kind)},
                        {"key", task.key},
                        {"attempt", task.attempt},
                        {"outcome", to_string(completion.outcome)}});
    }
}

}  // namespace

Dispatcher::Dispatcher(TaskQueue& queue, Handlers handlers, const config::Dispatch& settings,
                       const Clock& clock, Random& random, observe::Metrics& metrics)
    : queue_(queue),
      runner_(std::move(handlers), settings, clock, random, metrics),
      workers_(settings.workers),
      clock_(clock),
      turns_(settings.workers_per_business) {}

Dispatcher::~Dispatcher() {
    stop(0);
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

Result<void> Dispatcher::start() {
    if (Result<void> reclaimed = queue_.reclaim_leases(); !reclaimed) {
        return reclaimed;
    }
    queue_.on_due([this](const std::vector<BusinessDue>& due) { note_due(due); });
    const Result<std::vector<BusinessDue>> due = queue_.businesses_due();
    if (!due) {
        return tl::unexpected(due.error());
    }
    note_due(*due);
    free_workers_ = workers_;
    begin_thread(&Dispatcher::schedule);
    for (int i = 0; i < workers_; ++i) {
        begin_thread(&Dispatcher::work);
    }
    return {};
}

bool Dispatcher::stop(int grace_ms) {
    queue_.on_due(nullptr);
    std::unique_lock lock(mutex_);
    is_stopping_ = true;
    news_.notify_all();
    leased_.notify_all();
    stopping_.notify_all();
    return ended_.wait_for(lock, std::chrono::milliseconds(grace_ms),
                           [this] { return threads_running_ == 0; });
}

void Dispatcher::begin_thread(void (Dispatcher::*body)()) {
    {
        const std::lock_guard lock(mutex_);
        ++threads_running_;
    }
    threads_.emplace_back([this, body] {
        (this->*body)();
        const std::lock_guard lock(mutex_);
        --threads_running_;
        ended_.notify_all();
    });
}

void Dispatcher::note_due(const std::vector<BusinessDue>& due) {
    {
        const std::lock_guard lock(mutex_);
        for (const BusinessDue& entry : due) {
            turns_.note_due(entry.business, entry.due_ms);
        }
    }
    news_.notify_one();
}

// Waits until turns can be dealt; false when it is over.
bool Dispatcher::wait_for_turns(std::unique_lock<std::mutex>& lock) {
    while (!is_stopping_) {
        const std::optional<UnixMs> due_ms =
            free_workers_ > 0 ? turns_.next_due_ms() : std::nullopt;
        if (!due_ms) {
            news_.wait(lock);
            continue;
        }
        const std::int64_t wait_ms = *due_ms - clock_.now_ms();
        if (wait_ms <= 0) {
            return true;
        }
        news_.wait_for(lock, std::min<std::chrono::milliseconds>(std::chrono::milliseconds(wait_ms),
                                                                 kLongestSleep));
    }
    return false;
}

void Dispatcher::schedule() {
    std::unique_lock lock(mutex_);
    while (wait_for_turns(lock)) {
        const std::vector<Turn> turns = turns_.deal(free_workers_, clock_.now_ms());
        for (const Turn& turn : turns) {
            free_workers_ -= turn.count;
        }
        lock.unlock();
        lease(turns);
        lock.lock();
    }
}

void Dispatcher::lease(const std::vector<Turn>& turns) {
    const UnixMs now_ms = clock_.now_ms();
    Result<Leased> leased = queue_.lease(turns, now_ms, now_ms + kLeaseMs);
    std::unique_lock lock(mutex_);
    if (!leased) {
        // Nothing was taken: everything is due again, but the store needs a moment.
        for (const Turn& turn : turns) {
            turns_.note_due(turn.business, now_ms);
            turns_.settle_lease(turn, 0);
            free_workers_ += turn.count;
        }
        observe::warn("dispatch", "no lease", {{"reason", leased.error().message}});
        news_.wait_for(lock, kStorePause, [this] { return is_stopping_; });
        return;
    }
    std::unordered_map<std::string, int> counts;
    for (Task& task : leased->tasks) {
        ++counts[task.business];
        leased_tasks_.push_back(std::move(task));
        leased_.notify_one();
    }
    for (const BusinessDue& entry : leased->next_due) {
        turns_.note_due(entry.business, entry.due_ms);
    }
    for (const Turn& turn : turns) {
        const int count = counts[turn.business];
        turns_.settle_lease(turn, count);
        free_workers_ += turn.count - count;
    }
}

void Dispatcher::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        leased_.wait(lock, [this] { return is_stopping_ || !leased_tasks_.empty(); });
        // Leased tasks that nobody began with stay leased; the next process takes them back.
        if (is_stopping_) {
            return;
        }
        const Task task = std::move(leased_tasks_.front());
        leased_tasks_.pop_front();
        lock.unlock();
        const Completion completion = runner_.run(task);
        complete(task, completion);
        log_run(task, completion);
        lock.lock();
        turns_.task_ended(task.business);
        ++free_workers_;
        news_.notify_one();
    }
}

// An outcome that the store refuses, which is a defect of ours, must not leave the task leased for
// the life of the process: it is stored as a failed run instead, and so retried and told.
void Dispatcher::complete(const Task& task, const Completion& completion) {
    Result<void> stored = store(completion);
    const bool is_refused = !stored && stored.error().kind != ErrorKind::kUnavailable &&
                            stored.error().kind != ErrorKind::kConflict;
    if (is_refused) {
        stored = store(runner_.failed(
            task, {ErrorKind::kInternal, "the outcome was refused: " + stored.error().message}));
    }
    if (!stored) {
        observe::error("dispatch", "task not completed", {{"reason", stored.error().message}});
    }
}

// The work is done; only its record is missing. Tried until the store takes it, so that one full
// disk does not leave tasks leased for the life of the process.
Result<void> Dispatcher::store(const Completion& completion) {
    while (true) {
        Result<void> completed = queue_.complete(completion);
        if (completed || completed.error().kind != ErrorKind::kUnavailable) {
            return completed;
        }
        observe::warn("dispatch", "completion not stored yet",
                      {{"reason", completed.error().message}});
        std::unique_lock lock(mutex_);
        if (stopping_.wait_for(lock, kStorePause, [this] { return is_stopping_; })) {
            return completed;
        }
    }
}

}  // namespace gatehouse::dispatch
