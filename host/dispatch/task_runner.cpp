#include "dispatch/task_runner.hpp"

#include <utility>

#include "base/encoding.hpp"
#include "dispatch/alert_task.hpp"
#include "dispatch/retry.hpp"
#include "observe/log.hpp"

namespace gatehouse::dispatch {
namespace {

// A rental's own look raises its alert itself, and an alert's task must not raise another.
void raise_alert(const Task& task, const std::string& reason, Completion& completion) {
    if (task.kind == TaskKind::kReconcile || task.kind == TaskKind::kAlert) return;
    completion.alert_changes.push_back(
        AlertChange{dead_letter_subject(task.kind), true,
                    "work was given up (gatehouse dead-letters), as " +
                        std::string(to_string(task.kind)) + ' ' + task.key + ": " + reason,
                    "", ""});
}

}  // namespace

TaskRunner::TaskRunner(Handlers handlers, const config::Dispatch& settings, const Clock& clock,
                       Random& random, observe::Metrics& metrics)
    : handlers_(std::move(handlers)),
      settings_(settings),
      clock_(clock),
      random_(random),
      done_(metrics.counter("gatehouse_dispatch_tasks_total", "Runs of tasks by outcome",
                            {{"outcome", "done"}})),
      retried_(metrics.counter("gatehouse_dispatch_tasks_total", "Runs of tasks by outcome",
                               {{"outcome", "retry"}})),
      dead_(metrics.counter("gatehouse_dispatch_tasks_total", "Runs of tasks by outcome",
                            {{"outcome", "dead"}})) {}

Completion TaskRunner::run(const Task& task) {
    observe::StepLog steps(clock_);
    const auto handler = handlers_.find(task.kind);
    Outcome outcome =
        handler == handlers_.end()
            ? Outcome{fail(ErrorKind::kUnsupported, "no handler for this kind of task")}
            : handler->second->run(task, steps);
    return judge(task, std::move(outcome), steps);
}

Completion TaskRunner::failed(const Task& task, Error error) {
    observe::StepLog steps(clock_);
    return judge(task, Outcome{tl::unexpected(std::move(error))}, steps);
}

Completion TaskRunner::judge(const Task& task, Outcome outcome, observe::StepLog& steps) {
    Completion completion;
    completion.task_id = task.id;
    completion.generation = task.generation;
    completion.rental = std::move(outcome.rental);
    completion.transfers = std::move(outcome.transfers);
    completion.access_events = std::move(outcome.access_events);
    completion.alert_changes = std::move(outcome.alert_changes);
    completion.alert = std::move(outcome.alert);
    if (outcome.status) {
        completion.follow_ups = std::move(outcome.follow_ups);
        completion.again_ms = outcome.again_ms;
        done_.add();
    } else {
        const Error& error = outcome.status.error();
        const UnixMs now_ms = clock_.now_ms();
        std::optional<UnixMs> next_ms =
            next_attempt(error, task.attempt, task.first_due_ms, now_ms, settings_, random_);
        if (!next_ms && outcome.never_dies) {
            next_ms = now_ms + settings_.max_retry_ms;
        }
        completion.error = error;
        const std::string reason =
            std::string(to_string(error.kind)) + ": " + shorten(error.message, 400);
        if (next_ms) {
            completion.outcome = Completion::Outcome::kRetry;
            completion.retry_due_ms = *next_ms;
            steps.add(observe::StepKind::kRetry,
                      reason + "; attempt " + std::to_string(task.attempt) + ", next in " +
                          std::to_string((*next_ms - now_ms + 999) / 1000) + " s");
            retried_.add();
        } else {
            completion.outcome = Completion::Outcome::kDead;
            steps.add(observe::StepKind::kDead,
                      reason + "; given up after attempt " + std::to_string(task.attempt));
            dead_.add();
            raise_alert(task, reason, completion);
            observe::error("dispatch", "dead letter",
                           {{"business", task.business},
                            {"task", to_string(task.kind)},
                            {"key", task.key},
                            {"reason", reason}});
        }
    }
    completion.steps = steps.take();
    return completion;
}

}  // namespace gatehouse::dispatch
