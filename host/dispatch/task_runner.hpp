// TaskRunner: runs one leased task through its handler and judges what came of it.
#pragma once

#include <map>
#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "config/config.hpp"
#include "dispatch/crash_marks.hpp"
#include "dispatch/task.hpp"
#include "dispatch/task_handler.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::dispatch {

using Handlers = std::map<TaskKind, TaskHandler*>;

// [any thread; blocks for the task's work]
class TaskRunner {
  public:
    // All outlive the runner.
    // `marks` may be null.
    TaskRunner(Handlers handlers, const config::Dispatch& settings, const Clock& clock,
               Random& random, observe::Metrics& metrics, const CrashMarks* marks = nullptr);

    // What is to be stored; a failed run with its next attempt by retry.hpp, or as a dead letter. A
    // task that throws, or under which the process failed kCrashesToPark times, is a dead letter at
    // once, with an alert: it is a defect of ours, and must not take the others' work with it.
    Completion run(const Task& task);

    // The run as one that failed by `error` and produced nothing.
    Completion failed(const Task& task, Error error);

  private:
    Completion parked(const Task& task, std::int64_t began_ns, const std::string& why);
    Completion judge(const Task& task, std::int64_t began_ns, Outcome outcome,
                     observe::StepLog& steps);

    const Handlers handlers_;
    const config::Dispatch settings_;
    const Clock& clock_;
    Random& random_;
    const CrashMarks* const marks_;
    observe::Counter& done_;
    observe::Counter& retried_;
    observe::Counter& postponed_;
    observe::Counter& dead_;
};

}  // namespace gatehouse::dispatch
