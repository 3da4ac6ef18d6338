#include "dispatch/task_runner.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/encoding.hpp"
#include "dispatch/alert_task.hpp"
#include "dispatch/retry.hpp"
#include "observe/log.hpp"

namespace gatehouse::dispatch {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

// A rental's own look raises its alert itself, and an alert's task must not raise another.
void raise_alert(const Task& task, const std::string& reason, Completion& completion) {
    if (task.kind == TaskKind::kReconcile || task.kind == TaskKind::kAlert) return;
    completion.alert_changes.push_back(
        AlertChange{dead_letter_subject(task.kind), true,
                    "work was given up (gatehouse dead-letters), as " +
                        std::string(to_string(task.kind)) + ' ' + task.key + ": " + reason,
                    "", ""});
}

// A way may stay shut for days, and tasks that wait for it come by often: only the first of them in
// a row says so, and what the others only read is not worth a line.
void note_postponed(const Task& task, const Error& error, const std::string& reason,
                    observe::StepLog& steps) {
    if (task.last_error != error.message) {
        steps.add(observe::StepKind::kRetry, reason + "; waits, no attempt");
        return;
    }
    steps.drop_unless([](const observe::Step& step) {
        return step.kind == observe::StepKind::kAsked && !step.text.starts_with("GET ");
    });
}

}  // namespace

TaskRunner::TaskRunner(Handlers handlers, const config::Dispatch& settings, const Clock& clock,
                       Random& random, observe::Metrics& metrics, const CrashMarks* marks)
    : handlers_(std::move(handlers)),
      settings_(settings),
      clock_(clock),
      random_(random),
      marks_(marks),
      done_(metrics.counter("gatehouse_dispatch_tasks_total", "Runs of tasks by outcome",
                            {{"outcome", "done"}})),
      retried_(metrics.counter("gatehouse_dispatch_tasks_total", "Runs of tasks by outcome",
                               {{"outcome", "retry"}})),
      postponed_(metrics.counter("gatehouse_dispatch_tasks_total", "Runs of tasks by outcome",
                                 {{"outcome", "postponed"}})),
      dead_(metrics.counter("gatehouse_dispatch_tasks_total", "Runs of tasks by outcome",
                            {{"outcome", "dead"}})) {}

Completion TaskRunner::run(const Task& task) {
    const std::int64_t began_ns = clock_.steady_ns();
    if (marks_ != nullptr && marks_->crashes(task.id) >= kCrashesToPark) {
        return parked(
            task, began_ns,
            "the host failed " + std::to_string(marks_->crashes(task.id)) + " times at this work");
    }
    observe::StepLog steps(clock_);
    const auto handler = handlers_.find(task.kind);
    if (handler == handlers_.end()) {
        return judge(task, began_ns,
                     {fail(ErrorKind::kUnsupported, "no handler for this kind of task")}, steps);
    }
    const CrashMarks::AtWork at_work(task.id);
    try {
        return judge(task, began_ns, handler->second->run(task, steps), steps);
    } catch (const std::exception& error) {
        return parked(task, began_ns, std::string("an exception: ") + error.what());
    }
}

Completion TaskRunner::parked(const Task& task, std::int64_t began_ns, const std::string& why) {
    observe::StepLog steps(clock_);
    // Never retried, whatever the task is.
    Completion completion = judge(
        task, began_ns,
        {fail(ErrorKind::kInvalid, "a defect of Gatehouse, please report it: " + why)}, steps);
    if (task.kind == TaskKind::kReconcile) {
        completion.alert_changes.push_back(AlertChange{
            "rental:" + task.key, true,
            "work on this rental was given up (gatehouse dead-letters): " + why, task.key, ""});
    }
    return completion;
}

Completion TaskRunner::failed(const Task& task, Error error) {
    observe::StepLog steps(clock_);
    return judge(task, clock_.steady_ns(), Outcome{tl::unexpected(std::move(error))}, steps);
}

Completion TaskRunner::judge(const Task& task, std::int64_t began_ns, Outcome outcome,
                             observe::StepLog& steps) {
    Completion completion;
    completion.task_id = task.id;
    completion.generation = task.generation;
    completion.began_ns = began_ns;
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
        const std::int64_t tried_ms = task.tried_ms + (clock_.steady_ns() - began_ns) / kNsPerMs;
        std::optional<UnixMs> next_ms =
            next_attempt(error, task.attempt, tried_ms, now_ms, settings_, random_);
        if (!next_ms && outcome.never_dies) {
            next_ms = now_ms + (is_postponed(error) ? std::clamp(*error.retry_after_ms, kMinDelayMs,
                                                                 settings_.max_retry_ms)
                                                    : settings_.max_retry_ms);
        }
        completion.error = error;
        const std::string reason =
            std::string(to_string(error.kind)) + ": " + shorten(error.message, 400);
        if (next_ms && is_postponed(error)) {
            completion.outcome = Completion::Outcome::kRetry;
            completion.retry_due_ms = *next_ms;
            completion.is_attempt = false;
            note_postponed(task, error, reason, steps);
            postponed_.add();
        } else if (next_ms) {
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
            // The text may name a renter; it stands in the dead letter.
            observe::error("dispatch", "dead letter",
                           {{"business", task.business},
                            {"task", to_string(task.kind)},
                            {"key", key_for_logs(task.key)},
                            {"error", to_string(error.kind)}});
        }
    }
    completion.steps = steps.take();
    return completion;
}

}  // namespace gatehouse::dispatch
