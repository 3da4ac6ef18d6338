// TaskRunner: runs one leased task through its handler and judges what came of it.
#pragma once

#include <map>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "config/config.hpp"
#include "dispatch/task.hpp"
#include "dispatch/task_handler.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::dispatch {

using Handlers = std::map<TaskKind, TaskHandler*>;

// [any thread; blocks for the task's work]
class TaskRunner {
  public:
    // All outlive the runner.
    TaskRunner(Handlers handlers, const config::Dispatch& settings, const Clock& clock,
               Random& random, observe::Metrics& metrics);

    // What is to be stored; a failed run with its next attempt by retry.hpp, or as a dead letter.
    Completion run(const Task& task);

    // The run as one that failed by `error` and produced nothing.
    Completion failed(const Task& task, Error error);

  private:
    Completion judge(const Task& task, Outcome outcome, observe::StepLog& steps);

    const Handlers handlers_;
    const config::Dispatch settings_;
    const Clock& clock_;
    Random& random_;
    observe::Counter& done_;
    observe::Counter& retried_;
    observe::Counter& dead_;
};

}  // namespace gatehouse::dispatch
