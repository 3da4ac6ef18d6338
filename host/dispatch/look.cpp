#include "dispatch/look.hpp"

#include <utility>

#include "dispatch/look_alerts.hpp"
#include "dispatch/retry.hpp"

namespace gatehouse::dispatch {
namespace {

access::EventWord word_of(TaskFlags flags) {
    return {(flags & kSaysMovedIn) != 0, (flags & kSaysOver) != 0,    (flags & kSaysOverdue) != 0,
            (flags & kSaysPaid) != 0,    (flags & kSaysLeaving) != 0, (flags & kSaysStaying) != 0};
}

access::LookOptions options_of(const Task& task) {
    const TaskFlags flags = task.flags;
    return access::LookOptions{(flags & kSwept) != 0, (flags & kVerify) != 0,
                               (flags & kConfirmed) != 0, word_of(flags),
                               doubt_ms(task.attempt, task.tried_ms)};
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

// A rental whose last look failed is not read again while its connection is shut: that would cost
// Storeganise requests for nothing, each time that one of very many comes by.
std::optional<access::Look> Looker::turned_away(const Task& task) const {
    if (task.last_error.empty()) {
        return std::nullopt;
    }
    const auto record = records_.rental(task.business, task.key);
    if (!record || !*record || (*record)->connection.empty()) {
        return std::nullopt;
    }
    auto shut = plugins_.shut(task.business, (*record)->connection);
    if (!shut) {
        return std::nullopt;
    }
    access::Look look;
    look.status = tl::unexpected(std::move(*shut));
    look.is_known = true;
    look.never_dies = true;
    look.connection = (*record)->connection;
    look.site_id = (*record)->site_id;
    look.unit_id = (*record)->unit_id;
    look.unit_name = (*record)->unit_name;
    return look;
}

std::optional<std::int64_t> doubt_ms(int attempt, std::int64_t since_asked_ms) {
    // A clock that was set back must not keep the facts in doubt.
    if (since_asked_ms < 0 || attempt > kMaxDoubts) return std::nullopt;
    for (const std::int64_t until_ms : kDoubtsEndMs) {
        if (since_asked_ms < until_ms) return until_ms - since_asked_ms;
    }
    return std::nullopt;
}

Outcome Looker::run(const Task& task, observe::StepLog& steps) {
    const auto parts = businesses_.find(task.business);
    if (parts == businesses_.end()) {
        return {fail(ErrorKind::kNotFound, "the business is not in the configuration")};
    }
    std::optional<access::Look> away = turned_away(task);
    access::Look look = away ? std::move(*away)
                             : reconciler_.look(*parts->second.config, *parts->second.client,
                                                task.key, options_of(task), steps);
    Outcome outcome;
    outcome.never_dies = never_dies(look);
    outcome.alert_changes = alerts_of(look, task.key, task.tried_ms >= settings_.budget_ms);
    for (std::string& rental_id : look.look_at) {
        NewTask next;
        next.business = task.business;
        next.kind = TaskKind::kReconcile;
        next.key = std::move(rental_id);
        next.due_ms = clock_.now_ms();
        outcome.follow_ups.push_back(std::move(next));
    }
    outcome.status = std::move(look.status);
    outcome.rental = std::move(look.record);
    outcome.again_ms = look.again_ms;
    outcome.transfers = std::move(look.transfers);
    return outcome;
}

}  // namespace gatehouse::dispatch
