// TaskQueue: what the dispatcher needs of the store.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "dispatch/task.hpp"

namespace gatehouse::dispatch {

// The earliest waiting task of a business, of one urgency.
struct BusinessDue {
    std::string business;
    UnixMs due_ms = 0;
    Priority priority = Priority::kUrgent;
};

// One business's turn: take at most `count` of its due tasks of this urgency (nothing = the urgent
// ones first), of each urgency the earliest first.
struct Turn {
    std::string business;
    int count = 1;
    std::optional<Priority> priority = std::nullopt;
    bool is_of_slow = false;   // for Turns: dealt while a task of the business was slow
    bool is_of_quick = false;  // for Turns: the business had shown to be quick
};

// Normal tasks that have been due for longer get on, however many urgent ones there are.
constexpr std::int64_t kAgedMs = 60'000;

struct Leased {
    std::vector<Task> tasks;
    // For each business of the turns and each urgency of which tasks still wait: the next due time,
    // which may already be past.
    std::vector<BusinessDue> next_due;
};

// A letter of the dead: a task that used up its budget or met an error that time does not cure.
struct DeadLetter {
    std::int64_t id = 0;
    std::string business;
    TaskKind kind = TaskKind::kResolve;
    std::string key;
    int attempts = 0;
    UnixMs died_ms = 0;
    std::int64_t event_id = 0;
    Error error;
};

// Every function is durable when it returns, and answers kUnavailable when the store cannot be
// written. Calls from many threads share commits. [any thread; blocks for a commit]
class TaskQueue {
  public:
    virtual ~TaskQueue() = default;

    // Gives leases until `lease_until_ms` and counts the attempt, before the work begins: a task
    // that kills the process is counted too.
    virtual Result<Leased> lease(const std::vector<Turn>& turns, UnixMs now_ms,
                                 UnixMs lease_until_ms) = 0;

    // Ends a lease. kConflict if this process no longer holds it (nothing is written then).
    virtual Result<void> complete(const Completion& completion) = 0;

    // Makes every lease of an earlier process due again. Called once, before the first lease().
    virtual Result<void> reclaim_leases() = 0;

    // The time of day when an earlier process last committed, to a minute; nothing in a new queue.
    virtual Result<std::optional<UnixMs>> last_seen_ms() = 0;

    // To be called when the time of day has moved by `by_ms` beyond the time that passed, time
    // without a process included. Delays end when they would have ended and budgets of attempts
    // count no more than was tried. Dates stay: what is due more than a day after the old time of
    // day comes out of the facts. A clock that went back takes what it wrote with it: no stored
    // time lies in the future.
    virtual Result<void> clock_moved(std::int64_t by_ms) = 0;

    // One row per business and urgency with waiting tasks; read once at start.
    virtual Result<std::vector<BusinessDue>> businesses_due() = 0;

    virtual Result<void> enqueue(const std::vector<NewTask>& tasks) = 0;

    // A fresh task with a fresh budget from a dead letter, which goes. kNotFound if there is none.
    virtual Result<void> replay_dead_letter(std::int64_t id, UnixMs now_ms) = 0;

    // The dead letter goes, and nothing comes of it. kNotFound if there is none.
    virtual Result<void> discard_dead_letter(std::int64_t id) = 0;

    // `listener` is told of every business whose waiting tasks changed, after the commit, on the
    // store's thread: it must only take a note. Set before the first write; null to end.
    virtual void on_due(std::function<void(const std::vector<BusinessDue>&)> listener) = 0;
};

}  // namespace gatehouse::dispatch
