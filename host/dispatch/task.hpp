// Task: one durable unit of work. The queue is a table of the store; these are its rows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "observe/step.hpp"

namespace gatehouse::access {
struct RentalRecord;
}

namespace gatehouse::dispatch {

// Stored as numbers: append only.
enum class TaskKind : std::uint8_t {
    kResolve = 1,    // key = the event's id: which rentals does this event speak of?
    kReconcile = 2,  // key = the rental's id: make the vendor agree with the facts
};

std::string_view to_string(TaskKind kind);

// (business, kind, key) is unique among waiting tasks: enqueueing a second one pulls the first
// one's due time forward, gives it a fresh budget of attempts and, if it is being worked on, makes
// it run once more afterwards.
struct NewTask {
    std::string business;
    TaskKind kind = TaskKind::kResolve;
    std::string key;
    UnixMs due_ms = 0;
    std::int64_t event_id = 0;  // the event that asks for it, for the timeline; 0 = none
};

// A task that this process holds a lease on.
struct Task {
    std::int64_t id = 0;
    std::string business;
    TaskKind kind = TaskKind::kResolve;
    std::string key;
    int attempt = 1;              // this run's number since the last fresh start, from 1
    UnixMs first_due_ms = 0;      // when this budget of attempts began
    std::int64_t generation = 0;  // moves with every enqueueing; Completion carries it back
    std::int64_t event_id = 0;    // resolve only: the event, with its type and body
    std::string event_type;
    std::string event_body;
};

// How a run ended; written in one transaction with everything it produced.
struct Completion {
    enum class Outcome : std::uint8_t {
        kDone,   // removed, or due at once again when the generation has moved on
        kRetry,  // due again at retry_due_ms
        kDead,   // moved to the dead letters with `error`
    };

    std::int64_t task_id = 0;
    std::int64_t generation = 0;
    Outcome outcome = Outcome::kDone;
    UnixMs retry_due_ms = 0;
    std::optional<Error> error;        // kRetry and kDead
    std::vector<observe::Step> steps;  // to the task's event (resolve) or rental (reconcile)
    std::vector<NewTask> follow_ups;
    std::shared_ptr<const access::RentalRecord> rental;  // stored when set; shared to stay copyable
};

}  // namespace gatehouse::dispatch
