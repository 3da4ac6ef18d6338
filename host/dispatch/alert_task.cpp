#include "dispatch/alert_task.hpp"

#include <utility>

#include "base/clock_watch.hpp"
#include "base/encoding.hpp"

namespace gatehouse::dispatch {
namespace {

using observe::StepKind;

constexpr std::string_view kDeadLetters = "dead-letters:";
constexpr std::int64_t kDeadLettersMs = 600'000;
constexpr std::size_t kMaxTitle = 120;
// Storeganise's clock may be behind ours, or ours was ahead when the alert was raised.
constexpr std::int64_t kClockSlackMs = 26LL * 3'600'000;

Outcome failed(Error error) {
    Outcome outcome;
    outcome.status = tl::unexpected(std::move(error));
    outcome.never_dies = true;
    return outcome;
}

}  // namespace

std::string dead_letter_subject(TaskKind kind) {
    return std::string(kDeadLetters) + std::string(to_string(kind));
}

Outcome AlertTask::run(const Task& task, observe::StepLog& steps) {
    const auto business = parts_.businesses.find(task.business);
    auto alert = parts_.alerts.alert(task.business, task.key);
    if (!alert) return failed(alert.error());
    if (!*alert) return Outcome{};
    const bool is_cured = (*alert)->cured_ms != 0;
    if (business == parts_.businesses.end()) {
        // The host's own, or of a business that is gone: there is nobody to tell.
        Outcome outcome;
        if (is_cured) {
            (*alert)->is_over = true;
            outcome.alert = std::move(**alert);
        }
        return outcome;
    }
    return is_cured ? end(std::move(**alert), business->second, steps)
                    : stand(std::move(**alert), business->second, task.attempt == 1, steps);
}

// A run that ended well tells first: an alert that was told and has no task had a try.
Outcome AlertTask::stand(AlertRecord alert, const BusinessParts& business, bool is_first_try,
                         observe::StepLog& steps) {
    Outcome outcome;
    const AlertRecord before = alert;
    if (!std::exchange(alert.is_told, true)) tell(alert, AlertTurn::kRaised, outcome);
    if (alert.job_id.empty() && business.config->alerts.has_staff_tasks) {
        const bool was_tried = before.is_told || !is_first_try;
        if (Result<void> made = make_task(alert, business, !was_tried, steps); !made) {
            // The news must not wait for Storeganise, nor be told again with each attempt: a task
            // of its own for the rest.
            if (before.is_told) return failed(made.error());
            outcome.again_ms = parts_.clock.now_ms();
        }
    }
    const bool is_changed = alert.is_told != before.is_told || alert.job_id != before.job_id;
    if (is_changed) outcome.alert = alert;
    return watch_dead_letters(alert, std::move(outcome));
}

// Nothing else says when the last dead letter of a kind is gone.
Outcome AlertTask::watch_dead_letters(const AlertRecord& alert, Outcome outcome) {
    if (!alert.subject.starts_with(kDeadLetters) || outcome.again_ms) return outcome;
    const auto has_some = parts_.dead_letters.has_dead_letter(
        alert.business, alert.subject.substr(kDeadLetters.size()));
    if (!has_some || *has_some) {
        outcome.again_ms = parts_.clock.now_ms() + kDeadLettersMs;
    } else {
        outcome.alert_changes.push_back(AlertChange{alert.subject, false, "", "", ""});
    }
    return outcome;
}

Outcome AlertTask::end(AlertRecord alert, const BusinessParts& business, observe::StepLog& steps) {
    Outcome outcome;
    const UnixMs now_ms = parts_.clock.now_ms();
    const UnixMs settled_ms = alert.cured_ms + business.config->alerts.settle_ms;
    // A cure that is still to come was written by a clock that was ahead: it is past.
    const bool is_of_a_wrong_clock = alert.cured_ms > now_ms + kClockToleranceMs;
    if (settled_ms > now_ms && !is_of_a_wrong_clock) {
        outcome.again_ms = settled_ms;
        return outcome;
    }
    if (!alert.job_id.empty()) {
        const Result<void> completed = business.client->complete_task(alert.job_id, &steps);
        if (!completed) return failed(completed.error());
        steps.add(StepKind::kWrote, "staff's task " + shorten(alert.job_id, 64) + " completed");
    }
    // An alert that nobody was told of needs no all-clear.
    if (alert.is_told && !alert.is_cure_told) tell(alert, AlertTurn::kCured, outcome);
    alert.is_cure_told = true;
    alert.is_over = true;
    outcome.alert = std::move(alert);
    return outcome;
}

// Storeganise that cannot list its jobs is no reason to leave staff without the task.
Result<std::string> AlertTask::made_before(const AlertRecord& alert,
                                           const storeganise::StaffTask& task,
                                           const BusinessParts& business, observe::StepLog& steps) {
    Result<std::string> found =
        business.client->find_task(task, alert.raised_ms - kClockSlackMs, &steps);
    if (found || found.error().kind == ErrorKind::kUnavailable ||
        found.error().kind == ErrorKind::kRateLimited) {
        return found;
    }
    steps.add(StepKind::kNote, "not known whether staff have the task already: " +
                                   shorten(found.error().message, 200));
    return std::string();
}

Result<void> AlertTask::make_task(AlertRecord& alert, const BusinessParts& business,
                                  bool is_first_try, observe::StepLog& steps) {
    const auto task = staff_task(alert, *business.config);
    if (!task) return tl::unexpected(task.error());
    if (!*task) return {};
    if (!is_first_try) {
        Result<std::string> found = made_before(alert, **task, business, steps);
        if (!found) return tl::unexpected(found.error());
        if (!found->empty()) {
            alert.job_id = std::move(*found);
            steps.add(StepKind::kRead, "staff have task " + shorten(alert.job_id, 64) + " already");
            return {};
        }
    }
    Result<std::string> job_id = business.client->create_task(**task, &steps);
    if (!job_id && job_id.error().kind == ErrorKind::kInvalid) {
        // Not every account takes tasks on everything; the alert itself is told all the same.
        steps.add(StepKind::kNote, "no task for staff: " + shorten(job_id.error().message, 200));
        return {};
    }
    if (!job_id) return tl::unexpected(job_id.error());
    alert.job_id = std::move(*job_id);
    steps.add(StepKind::kWrote, "task " + shorten(alert.job_id, 64) + " made for staff");
    return {};
}

// On the unit, where staff look first; else on the renter, else on the add-on. Nothing if there is
// no such place.
Result<std::optional<storeganise::StaffTask>> AlertTask::staff_task(
    const AlertRecord& alert, const config::Business& business) {
    storeganise::StaffTask task;
    task.title = shorten("Gatehouse: " + alert.text, kMaxTitle);
    task.mark = " (" + alert.subject + ")";
    task.text = alert.text + task.mark;
    std::string unit_id = alert.unit_id;
    std::string renter_id;
    if (unit_id.empty() && !alert.rental_id.empty()) {
        const auto record = parts_.records.rental(alert.business, alert.rental_id);
        if (!record) return tl::unexpected(record.error());
        if (*record) {
            unit_id = (*record)->unit_id;
            renter_id = (*record)->renter_id;
        }
    }
    if (!unit_id.empty()) {
        task.target_type = "unit";
        task.target_id = std::move(unit_id);
    } else if (!renter_id.empty()) {
        task.target_type = "user";
        task.target_id = std::move(renter_id);
    } else if (!business.storeganise.addon_id.empty()) {
        task.target_type = "addon";
        task.target_id = business.storeganise.addon_id;
    } else {
        return std::nullopt;
    }
    return task;
}

void AlertTask::tell(const AlertRecord& alert, AlertTurn turn, Outcome& outcome) {
    if (parts_.news == nullptr) return;
    for (NewTask& task : parts_.news->tell(alert, turn)) {
        outcome.follow_ups.push_back(std::move(task));
    }
}

}  // namespace gatehouse::dispatch
