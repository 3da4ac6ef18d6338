#include "dispatch/look.hpp"

#include <utility>

#include "dispatch/look_alerts.hpp"
#include "dispatch/retry.hpp"

namespace gatehouse::dispatch {
namespace {

access::LookOptions options_of(TaskFlags flags) {
    return access::LookOptions{(flags & kSwept) != 0, (flags & kVerify) != 0,
                               (flags & kConfirmed) != 0};
}

// Only a rental that nobody ever saw, and nobody finds, is given up.
bool never_dies(const access::Look& look) {
    if (look.status || look.never_dies) {
        return look.never_dies;
    }
    const Error& error = look.status.error();
    const bool is_nowhere = look.stage == access::Look::Stage::kReading && !look.is_known &&
                            error.kind == ErrorKind::kNotFound;
    return may_be_cured(error) && !is_nowhere;
}

}  // namespace

Outcome Looker::run(const Task& task, observe::StepLog& steps) {
    const auto parts = businesses_.find(task.business);
    if (parts == businesses_.end()) {
        return {fail(ErrorKind::kNotFound, "the business is not in the configuration")};
    }
    access::Look look = reconciler_.look(*parts->second.config, *parts->second.client, task.key,
                                         options_of(task.flags), steps);
    const UnixMs now_ms = clock_.now_ms();
    Outcome outcome;
    outcome.never_dies = never_dies(look);
    outcome.alert_changes =
        alerts_of(look, task.key, now_ms - task.first_due_ms >= settings_.budget_ms);
    for (std::string& rental_id : look.look_at) {
        NewTask next;
        next.business = task.business;
        next.kind = TaskKind::kReconcile;
        next.key = std::move(rental_id);
        next.due_ms = now_ms;
        outcome.follow_ups.push_back(std::move(next));
    }
    outcome.status = std::move(look.status);
    outcome.rental = std::move(look.record);
    outcome.again_ms = look.again_ms;
    outcome.transfers = std::move(look.transfers);
    return outcome;
}

}  // namespace gatehouse::dispatch
