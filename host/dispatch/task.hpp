// Task: one durable unit of work. The queue is a table of the store; these are its rows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access_event.hpp"
#include "access/transfer_link.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "dispatch/alert.hpp"
#include "observe/step.hpp"

namespace gatehouse::access {
struct RentalRecord;
}

namespace gatehouse::dispatch {

// Stored as numbers: append only.
enum class TaskKind : std::uint8_t {
    kResolve = 1,    // key = the event's id: which rentals does this event speak of?
    kReconcile = 2,  // key = the rental's id: make the vendor agree with the facts
    kSweep = 3,      // key = "delta" or "full": compare everything with what is held
    kInbound = 4,    // key = inbound_key(): read a vendor's webhook
    kRoute = 5,      // key = the event's id: whom does the configuration want told of it?
    kNotify = 6,     // key = the event's id and the route: tell one connection
    kAlert = 7,      // key = the alert's subject: make staff's task and the alert's news agree
    kCare = 8,       // key = the connection: its webhook's health, what was missed meanwhile
};

// Which of a business's due tasks are taken first.
enum class Priority : std::uint8_t {
    kUrgent = 0,  // somebody stands at a door: moves, transfers, payments, PINs
    kNormal = 1,  // everything else
};

// Who asked for a look, and why it may do more than an event's look.
enum TaskFlag : std::uint16_t {
    kSwept = 1,   // only a sweep asked: its ends count for the fuse. Kept while all askers say so
    kVerify = 2,  // the vendor was seen to differ from the record: apply even if nothing changed
    kConfirmed = 4,  // a person let an end pass the fuse
    // What the event said (access/event_word.hpp). Of two that exclude each other the newer stays.
    kSaysMovedIn = 8,
    kSaysOver = 16,
    kSaysOverdue = 32,
    kSaysPaid = 64,
    kSaysLeaving = 128,
    kSaysStaying = 256,
};
using TaskFlags = std::uint16_t;

// `older` and `newer` of two that ask for the same task.
TaskFlags combined(TaskFlags older, TaskFlags newer);

std::string_view to_string(TaskKind kind);

// The key of a kInbound task, "doors/<the vendor's id of the event>", and the connection in it.
std::string inbound_key(std::string_view connection, std::string_view sender_id);
std::string connection_of(std::string_view inbound_key);

// What logs may say of a key: the ids in it, and not the text of an alert's news, which may name a
// renter.
std::string_view key_for_logs(std::string_view key);

// (business, kind, key) is unique among waiting tasks: enqueueing a second one pulls the first
// one's due time forward, gives it a fresh budget of attempts and, if it is being worked on, makes
// it run once more afterwards.
struct NewTask {
    std::string business;
    TaskKind kind = TaskKind::kResolve;
    std::string key;
    UnixMs due_ms = 0;
    std::int64_t event_id = 0;  // the event that asks for it, for the timeline; 0 = none
    Priority priority = Priority::kUrgent;  // a waiting task keeps the more urgent one
    TaskFlags flags = 0;                    // see combined()
    bool only_if_absent = false;            // leaves a task of this key as it is
    bool pushes_back = false;  // with only_if_absent: but makes it wait until due_ms at least
};

// A task that this process holds a lease on.
struct Task {
    std::int64_t id = 0;
    std::string business;
    TaskKind kind = TaskKind::kResolve;
    std::string key;
    int attempt = 1;              // this run's number since the last fresh start, from 1
    UnixMs first_due_ms = 0;      // when the first attempt of this budget began
    std::int64_t tried_ms = 0;    // for how long it had been tried when it was leased
    std::int64_t generation = 0;  // moves with every enqueueing; Completion carries it back
    TaskFlags flags = 0;          // of all who asked since the last run
    std::string last_error = {};  // of the last run, if it did not end well
    Priority priority = Priority::kUrgent;
    // The event, with its type and body; reconcile and alert have none.
    std::int64_t event_id = 0;
    std::string event_source;
    std::string event_sender_id;
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
    // When, by steady time, the run began that made the due times of this. A clock that went back
    // since then moves them back, too; nothing = they are right as they are.
    std::optional<std::int64_t> began_ns;
    bool is_attempt = true;      // kRetry only: false = the run counts as no attempt
    std::optional<Error> error;  // kRetry and kDead
    // kDone only: the task stays, due at this time with a fresh budget. Timers and everything
    // periodic are made of it. Unless that is now already, its event is done with all the same.
    std::optional<UnixMs> again_ms;
    // To the rental (reconcile), else to the task's event, else to the subject "<kind>:<key>".
    std::vector<observe::Step> steps;
    std::vector<NewTask> follow_ups;
    std::shared_ptr<const access::RentalRecord> rental;  // stored when set; shared to stay copyable
    std::vector<access::TransferLink> transfers;         // put, whole
    // Put, unless the vendor's id is known; of many, most before the rest of the completion.
    std::vector<access::AccessEvent> access_events;
    std::vector<AlertChange> alert_changes;  // each enqueues kAlert if it changes a thing
    std::optional<AlertRecord> alert;        // kAlert only: what was reached
};

}  // namespace gatehouse::dispatch
