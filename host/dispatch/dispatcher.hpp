// Dispatcher: takes due tasks from the queue in fair turns and works on them with a bounded number
// of threads. Nothing polls: it sleeps until a task is due, a commit brings one, or a worker is
// free.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "dispatch/task_queue.hpp"
#include "dispatch/task_runner.hpp"
#include "dispatch/turns.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::dispatch {

// [start and stop: the owner's thread]
class Dispatcher {
  public:
    using Handlers = dispatch::Handlers;

    // All outlive the dispatcher.
    Dispatcher(TaskQueue& queue, Handlers handlers, const config::Dispatch& settings,
               const Clock& clock, Random& random, observe::Metrics& metrics);
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    // Takes back what an earlier process left leased and begins to work.
    Result<void> start();

    // Takes no further task and waits at most `grace_ms` for those under way. False if some are
    // still at work: nothing is lost by ending the process then (promise P5), and the destructor
    // waits for them. Idempotent.
    bool stop(int grace_ms);

  private:
    void begin_thread(void (Dispatcher::*body)());
    void schedule();
    void work();
    void complete(const Task& task, const Completion& completion);
    Result<void> store(const Completion& completion);
    void lease(const std::vector<Turn>& turns);
    void note_due(const std::vector<BusinessDue>& due);
    bool wait_for_turns(std::unique_lock<std::mutex>& lock);

    TaskQueue& queue_;
    TaskRunner runner_;
    const int workers_;
    const Clock& clock_;

    std::mutex mutex_;
    std::condition_variable news_;      // for the scheduler: something is due, free or over
    std::condition_variable stopping_;  // for whoever pauses: it is over
    std::condition_variable ended_;     // for stop(): a thread ended
    std::condition_variable leased_;    // for the workers: leased_tasks_ grew, or it is over
    Turns turns_;                       // guarded by mutex_
    std::deque<Task> leased_tasks_;     // guarded by mutex_
    int threads_running_ = 0;           // guarded by mutex_
    int free_workers_ = 0;      // guarded by mutex_: workers that no leased task is meant for
    bool is_stopping_ = false;  // guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace gatehouse::dispatch
