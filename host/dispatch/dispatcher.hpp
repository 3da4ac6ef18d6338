// Dispatcher: takes due tasks from the queue in fair turns (turns.hpp) and works on them with a
// bounded number of threads, which are made when they are needed and end when they are not. Nothing
// polls: it sleeps until a task is due, a commit brings one, or a task at work ends or becomes
// slow.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/clock_watch.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "dispatch/task_queue.hpp"
#include "dispatch/task_runner.hpp"
#include "dispatch/turns.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::dispatch {

// A task that has been at work for so long is slow: it waits for somebody outside, since the host
// needs about a millisecond for its own part. It gives its place to another one and goes on.
constexpr std::int64_t kSlowMs = 100;

// [start and stop: the owner's thread]
class Dispatcher {
  public:
    using Handlers = dispatch::Handlers;

    // All outlive the dispatcher; `marks` may be null. The tasks of `held` businesses, whose
    // configuration is refused, stay in the queue as they are.
    Dispatcher(TaskQueue& queue, Handlers handlers, const config::Dispatch& settings,
               const Clock& clock, Random& random, observe::Metrics& metrics,
               const CrashMarks* marks = nullptr, std::set<std::string> held = {});
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    // Takes back what an earlier process left leased and begins to work.
    Result<void> start();

    // Takes no further task and waits at most `grace_ms` for those under way. False if some are
    // still at work: nothing is lost by ending the process then (promise P5), and the destructor
    // waits for them. Idempotent.
    bool stop(int grace_ms);

    // Runs `turn` on the scheduler's thread in its turn; it must be quick. Shows that the scheduler
    // is not stuck. Dropped when it stops. [any thread]
    void on_turn(std::function<void()> turn);

  private:
    // A task that is leased, from its lease on.
    struct Run {
        Task task;
        AtWork counted;
        std::int64_t slow_at_ns = 0;
    };
    using Runs = std::list<Run>;
    struct Worker {
        std::thread thread;
        bool is_over = false;
    };

    void schedule();
    void work();
    void run_one(std::unique_lock<std::mutex>& lock, Runs::iterator run);
    void complete(const Task& task, const Completion& completion);
    Result<void> store(const Completion& completion);
    void lease(const std::vector<Turn>& turns, UnixMs now_ms);
    UnixMs dated_now_ms() const { return watch_.now_ms() - moved_ms_; }
    void note_due(const std::vector<BusinessDue>& due);
    Result<void> follow_downtime();
    void follow_clock(std::unique_lock<std::mutex>& lock);
    bool answer_asked(std::unique_lock<std::mutex>& lock);
    bool wait_for_turns(std::unique_lock<std::mutex>& lock);
    std::optional<std::int64_t> wait_ms(std::int64_t now_ns);
    void take_places_of_slow(std::int64_t now_ns);
    Pace pace_of(const Run& run, Completion::Outcome outcome) const;
    void ensure_workers();
    void begin_worker();
    void join_ended();

    TaskQueue& queue_;
    TaskRunner runner_;
    const Clock& clock_;
    const std::set<std::string> held_;
    observe::Gauge& at_work_;
    observe::Gauge& slow_;

    std::mutex mutex_;
    ClockWatch watch_;                  // guarded by mutex_
    std::int64_t moved_ms_ = 0;         // guarded by mutex_: moves the queue does not know of
    std::condition_variable news_;      // for the scheduler: something is due, ended or over
    std::condition_variable stopping_;  // for whoever pauses: it is over
    std::condition_variable ended_;     // for stop(): a thread ended
    std::condition_variable leased_;    // for the workers: to_begin_ grew, or it is over
    // All guarded by mutex_:
    Turns turns_;
    Runs runs_;                                 // that hold a place, the one leased first in front
    Runs slow_runs_;                            // the others
    std::deque<Runs::iterator> to_begin_;       // of both, those that no worker has begun with
    std::vector<std::function<void()>> asked_;  // of on_turn()
    std::list<Worker> workers_;
    int threads_running_ = 0;  // workers and the scheduler
    int idle_workers_ = 0;
    bool is_stopping_ = false;
    std::thread scheduler_;  // the owner's
};

}  // namespace gatehouse::dispatch
