#include "dispatch/dispatcher.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <system_error>
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

// A worker without work ends after this time.
constexpr std::chrono::seconds kIdleWorker{10};

// So many tasks may be at work for each place: the others are slow and only wait.
constexpr int kAtWorkForEachPlace = 8;

constexpr std::int64_t kNsPerMs = 1'000'000;

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
                        {"key", key_for_logs(task.key)},
                        {"attempt", task.attempt},
                        {"outcome", to_string(completion.outcome)}});
    }
}

// A start after downtime is no move of the clock that anybody must know of.
void log_move(std::int64_t moved_ms) {
    if (moved_ms < 0) {
        observe::warn("dispatch", "the clock went back: what it had put off comes earlier",
                      {{"by_s", -moved_ms / 1000}});
    } else {
        observe::info("dispatch", "the clock went on without tasks being tried",
                      {{"by_s", moved_ms / 1000}});
    }
}

}  // namespace

Dispatcher::Dispatcher(TaskQueue& queue, Handlers handlers, const config::Dispatch& settings,
                       const Clock& clock, Random& random, observe::Metrics& metrics,
                       const CrashMarks* marks, std::set<std::string> held)
    : queue_(queue),
      runner_(std::move(handlers), settings, clock, random, metrics, marks),
      clock_(clock),
      held_(std::move(held)),
      at_work_(metrics.gauge("gatehouse_dispatch_tasks_at_work", "Tasks that are being worked on")),
      slow_(metrics.gauge("gatehouse_dispatch_tasks_slow",
                          "Of these, tasks that wait for somebody outside and hold no place")),
      watch_(clock),
      turns_({settings.workers, settings.workers * kAtWorkForEachPlace,
              settings.workers_per_business}) {}

Dispatcher::~Dispatcher() {
    stop(0);
    if (scheduler_.joinable()) scheduler_.join();
    for (Worker& worker : workers_) {
        worker.thread.join();
    }
}

Result<void> Dispatcher::start() {
    if (Result<void> reclaimed = queue_.reclaim_leases(); !reclaimed) {
        return reclaimed;
    }
    if (Result<void> followed = follow_downtime(); !followed) {
        return followed;
    }
    queue_.on_due([this](const std::vector<BusinessDue>& due) { note_due(due); });
    const Result<std::vector<BusinessDue>> due = queue_.businesses_due();
    if (!due) {
        return tl::unexpected(due.error());
    }
    note_due(*due);
    {
        const std::lock_guard lock(mutex_);
        ++threads_running_;
    }
    scheduler_ = std::thread([this] {
        schedule();
        const std::lock_guard lock(mutex_);
        --threads_running_;
        ended_.notify_all();
    });
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

void Dispatcher::on_turn(std::function<void()> turn) {
    {
        const std::lock_guard lock(mutex_);
        asked_.push_back(std::move(turn));
    }
    news_.notify_one();
}

// With the lock given back meanwhile. Whether there was something.
bool Dispatcher::answer_asked(std::unique_lock<std::mutex>& lock) {
    if (asked_.empty()) return false;
    const auto asked = std::exchange(asked_, {});
    lock.unlock();
    for (const auto& turn : asked)
        turn();
    lock.lock();
    return true;
}

void Dispatcher::note_due(const std::vector<BusinessDue>& due) {
    {
        const std::lock_guard lock(mutex_);
        for (const BusinessDue& entry : due) {
            if (!held_.contains(entry.business)) turns_.note_due(entry);
        }
    }
    news_.notify_one();
}

// Downtime is time in which nothing was tried, and a clock that stands before the last commit was
// wrong then.
Result<void> Dispatcher::follow_downtime() {
    const Result<std::optional<UnixMs>> seen_ms = queue_.last_seen_ms();
    if (!seen_ms) {
        return tl::unexpected(seen_ms.error());
    }
    const std::int64_t moved_ms = *seen_ms ? clock_.now_ms() - **seen_ms : 0;
    if (moved_ms > -kClockToleranceMs && moved_ms < kClockToleranceMs) {
        return {};
    }
    log_move(moved_ms);
    return queue_.clock_moved(moved_ms);
}

// A store that cannot be written now is told the next time.
void Dispatcher::follow_clock(std::unique_lock<std::mutex>& lock) {
    const std::int64_t moved_ms = watch_.moved_ms();
    if (moved_ms != 0) {
        log_move(moved_ms);
    }
    moved_ms_ += moved_ms;
    if (moved_ms_ == 0) {
        return;
    }
    const std::int64_t told_ms = std::exchange(moved_ms_, 0);
    lock.unlock();
    const Result<void> told = queue_.clock_moved(told_ms);
    lock.lock();
    if (!told) {
        moved_ms_ += told_ms;
    }
}

void Dispatcher::take_places_of_slow(std::int64_t now_ns) {
    // In the order of their leases: behind the first that is not slow yet none is.
    for (auto run = runs_.begin(); run != runs_.end() && run->slow_at_ns <= now_ns;) {
        turns_.gave_place(run->counted);
        const auto slow = run++;
        slow_runs_.splice(slow_runs_.end(), runs_, slow);
    }
    slow_.set(turns_.slow());
}

// How long nothing can be dealt if nothing happens; nothing = until something does.
std::optional<std::int64_t> Dispatcher::wait_ms(std::int64_t now_ns) {
    std::optional<std::int64_t> least_ms;
    if (const std::optional<UnixMs> due_ms = turns_.next_due_ms()) {
        least_ms = std::max<std::int64_t>(*due_ms - dated_now_ms(), 0);
    }
    if (turns_.is_short_of_places() && !runs_.empty()) {
        const std::int64_t slow_ms = (runs_.front().slow_at_ns - now_ns) / kNsPerMs + 1;
        least_ms = std::min(least_ms.value_or(slow_ms), slow_ms);
    }
    return least_ms;
}

// Waits until turns can be dealt; false when it is over.
bool Dispatcher::wait_for_turns(std::unique_lock<std::mutex>& lock) {
    while (!is_stopping_) {
        follow_clock(lock);
        if (is_stopping_) {
            break;
        }
        if (answer_asked(lock)) continue;
        const std::int64_t now_ns = clock_.steady_ns();
        take_places_of_slow(now_ns);
        const std::optional<std::int64_t> pause_ms = wait_ms(now_ns);
        if (!pause_ms) {
            news_.wait(lock);
            continue;
        }
        if (*pause_ms <= 0) {
            return true;
        }
        news_.wait_for(lock, std::min<std::chrono::milliseconds>(
                                 std::chrono::milliseconds(*pause_ms), kLongestSleep));
    }
    return false;
}

void Dispatcher::schedule() {
    std::unique_lock lock(mutex_);
    while (wait_for_turns(lock)) {
        // The time by which the queue's tasks are dated: a clock that was set this moment, or a
        // move that the queue was not told yet, must neither hide a task nor use up its budget.
        const UnixMs now_ms = dated_now_ms();
        const std::vector<Turn> turns = turns_.deal(now_ms);
        if (turns.empty()) continue;
        lock.unlock();
        lease(turns, now_ms);
        lock.lock();
    }
}

void Dispatcher::lease(const std::vector<Turn>& turns, UnixMs now_ms) {
    Result<dispatch::Leased> leased = queue_.lease(turns, now_ms, now_ms + kLeaseMs);
    std::unique_lock lock(mutex_);
    if (!leased) {
        // Nothing was taken: everything is due again, but the store needs a moment.
        for (const Turn& turn : turns) {
            turns_.note_due({turn.business, now_ms, turn.priority.value_or(Priority::kUrgent)});
            turns_.settle_lease(turn, 0);
        }
        observe::warn("dispatch", "no lease", {{"reason", leased.error().message}});
        news_.wait_for(lock, kStorePause, [this] { return is_stopping_; });
        return;
    }
    for (const BusinessDue& entry : leased->next_due) {
        turns_.note_due(entry);
    }
    // Each turn's tasks follow each other, in the order of the turns.
    const std::int64_t slow_at_ns = clock_.steady_ns() + kSlowMs * kNsPerMs;
    auto task = leased->tasks.begin();
    for (const Turn& turn : turns) {
        int count = 0;
        for (; task != leased->tasks.end() && task->business == turn.business &&
               task->priority == turn.priority && count < turn.count;
             ++task, ++count) {
            runs_.push_back({std::move(*task), Turns::at_work(turn), slow_at_ns});
            to_begin_.push_back(std::prev(runs_.end()));
        }
        turns_.settle_lease(turn, count);
    }
    at_work_.set(static_cast<double>(runs_.size() + slow_runs_.size()));
    ensure_workers();
}

// One worker for each task that is leased, as far as threads can be had: a task without one waits
// for the next that is free.
void Dispatcher::ensure_workers() {
    join_ended();
    const auto waiting = static_cast<int>(to_begin_.size());
    for (int missing = waiting - idle_workers_; missing > 0; --missing) {
        begin_worker();
    }
    for (int i = 0; i < std::min(waiting, idle_workers_); ++i) {
        leased_.notify_one();
    }
}

void Dispatcher::begin_worker() {
    workers_.emplace_back();
    const auto worker = std::prev(workers_.end());
    try {
        worker->thread = std::thread([this, worker] {
            work();
            const std::lock_guard lock(mutex_);
            worker->is_over = true;
            --threads_running_;
            ended_.notify_all();
        });
        ++threads_running_;
    } catch (const std::system_error& error) {
        workers_.erase(worker);
        observe::warn("dispatch", "no further thread", {{"reason", error.what()}});
    }
}

void Dispatcher::join_ended() {
    std::erase_if(workers_, [](Worker& worker) {
        if (worker.is_over) worker.thread.join();
        return worker.is_over;
    });
}

void Dispatcher::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        ++idle_workers_;
        const bool has_news = leased_.wait_for(
            lock, kIdleWorker, [this] { return is_stopping_ || !to_begin_.empty(); });
        --idle_workers_;
        // Leased tasks that nobody began with stay leased; the next process takes them back.
        if (!has_news || is_stopping_) {
            return;
        }
        const Runs::iterator run = to_begin_.front();
        to_begin_.pop_front();
        run_one(lock, run);
    }
}

// A task that is turned away asked nobody, and neither does one that is no look: both are over
// soon, whoever hangs.
Pace Dispatcher::pace_of(const Run& run, Completion::Outcome outcome) const {
    const std::int64_t quick_until_ns = run.slow_at_ns + (kQuickMs - kSlowMs) * kNsPerMs;
    if (clock_.steady_ns() > quick_until_ns) return Pace::kSlow;
    const bool is_look = run.task.kind == TaskKind::kReconcile;
    return is_look && outcome == Completion::Outcome::kDone ? Pace::kQuick : Pace::kUntold;
}

void Dispatcher::run_one(std::unique_lock<std::mutex>& lock, Runs::iterator run) {
    lock.unlock();
    const Completion completion = runner_.run(run->task);
    complete(run->task, completion);
    log_run(run->task, completion);
    lock.lock();
    turns_.task_ended(run->counted, pace_of(*run, completion.outcome));
    (run->counted.holds_place ? runs_ : slow_runs_).erase(run);
    at_work_.set(static_cast<double>(runs_.size() + slow_runs_.size()));
    slow_.set(turns_.slow());
    news_.notify_one();
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
