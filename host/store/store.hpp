// Store: the memory of the host. One interface; SQLite is the embedded engine (sqlite_store.hpp).
// Every implementation passes tests/contract/store_contract.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/access_event.hpp"
#include "access/rental_lookups.hpp"
#include "access/rental_record.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "dispatch/alert.hpp"
#include "dispatch/task.hpp"
#include "dispatch/task_queue.hpp"
#include "observe/step.hpp"
#include "store/renters.hpp"
#include "store/upkeep.hpp"

namespace gatehouse::store {

// Stored as numbers: append only.
enum class EventState : std::uint8_t {
    kOpen = 1,  // a task of its own waits (any kind but kAlert), or a rental that it marked
    kIgnored,   // a type that asks for nothing
    kInvalid,   // signed, but not usable
    kDone,      // its tasks ended well and every rental that it marked was settled
    kDead,      // one of its tasks, or of its rentals', became a dead letter
};

std::string_view to_string(EventState state);
std::optional<EventState> event_state_from_string(std::string_view word);

// One webhook delivery, as received.
struct NewEvent {
    std::string business;
    std::string source;  // "storeganise" or the connection's name
    std::string
        sender_id;     // the sender's id; (business, source, sender_id) is the event's identity
    std::string type;  // "job.unit_moveIn.completed"; empty if unknown
    std::string body;  // the raw bytes
    std::string verified_by;  // label of the secret that the signature matched, never the secret
    UnixMs received_ms = 0;
    EventState state = EventState::kOpen;
    std::vector<observe::Step> steps;
    // Enqueued in the event's own commit. An empty key means "this event's id".
    std::vector<dispatch::NewTask> tasks;
};

// What a store keeps of the event's body. An open event's is kept whole. Nobody works on an ignored
// or an invalid one: beyond 4 KiB an invalid event's body is cut; an ignored event may be replayed
// once a route wants it, so its body is whole or it is none. A view of `event`. Pure.
std::string_view kept_body(const NewEvent& event);

struct Appended {
    std::int64_t event_id = 0;
    bool is_duplicate = false;  // the id is known, or was before its event was forgotten
};

struct Event {
    std::int64_t id = 0;
    std::string business;
    std::string source;
    std::string sender_id;
    std::string type;
    std::string body;  // this and `rentals` are left empty by events()
    std::string verified_by;
    UnixMs received_ms = 0;
    UnixMs finished_ms = 0;  // 0 = not finished
    int copies = 1;          // deliveries of the same id seen, the first included (best effort)
    EventState state = EventState::kOpen;
    std::vector<std::string> rentals;  // rentals that it marked
};

struct EventFilter {
    std::optional<std::string> business;
    std::optional<EventState> state;
    std::int64_t before_id = 0;  // 0 = from the newest
    int limit = 50;
};

struct TimelineStep {
    std::int64_t id = 0;
    std::string rental_id;  // empty = a step of the event itself
    observe::Step step;
};

struct SecretUse {
    std::string source;
    std::string label;
    UnixMs last_used_ms = 0;  // to the minute
};

struct QueueState {
    std::int64_t waiting = 0;  // due
    std::int64_t later = 0;    // timers and retries whose time has not come
    std::int64_t leased = 0;
    std::int64_t dead = 0;
    std::optional<UnixMs> oldest_due_ms;  // of those that wait
};

// Writes are grouped: callers on many threads share one fsync. Reads see every commit that returned
// before they began. [any thread]
class Store : public dispatch::TaskQueue,
              public dispatch::Alerts,
              public access::RentalRecords,
              public access::RentalLookups,
              public access::AccessLog,
              public Upkeep,
              public Renters {
  public:
    using AppendDone = std::function<void(Result<Appended>)>;

    // Hands the event to the writer and returns. `done` runs on the writer's thread, once, after
    // the commit is on stable storage or has failed; it must be quick and must not throw. An event
    // that is refused at once is answered on the caller's thread, before append() returns.
    // kUnavailable: not stored (disk full, queue full, closing); the same delivery may come again.
    // kInvalid: without a business, source or sender's id.
    virtual void append(NewEvent event, AppendDone done) = 0;

    // Runs `turn` on the writer's thread when what was handed to it before is done, whether or not
    // that could be written; it must be quick. Shows that the writer is not stuck.
    virtual void on_turn(std::function<void()> turn) = 0;

    virtual Result<std::optional<Event>> event(std::int64_t id) = 0;
    virtual Result<std::optional<Event>> event_by_sender_id(const std::string& business,
                                                            const std::string& source,
                                                            const std::string& sender_id) = 0;
    virtual Result<std::vector<Event>> events(const EventFilter& filter) = 0;

    // The event's own steps and those of the rentals that it marked, from the mark until each was
    // settled, in order of time.
    virtual Result<std::vector<TimelineStep>> timeline(std::int64_t event_id) = 0;

    // The newest events that marked a rental, newest first, as events() lists them.
    virtual Result<std::vector<Event>> events_of_rental(const std::string& business,
                                                        const std::string& rental_id,
                                                        int limit) = 0;

    // The newest `limit` steps of one rental, or of "<kind>:<key>", a task that belongs to neither
    // a rental nor an event; oldest first.
    virtual Result<std::vector<TimelineStep>> rental_steps(const std::string& business,
                                                           const std::string& rental_id,
                                                           int limit) = 0;

    virtual Result<std::vector<dispatch::DeadLetter>> dead_letters(
        const std::optional<std::string>& business, std::int64_t before_id, int limit) = 0;

    virtual Result<std::optional<dispatch::DeadLetter>> dead_letter(const std::string& business,
                                                                    dispatch::TaskKind kind,
                                                                    const std::string& key) = 0;

    // A waiting task of this kind and key, for explain: when is it due, how often was it tried?
    struct Waiting {
        UnixMs due_ms = 0;
        int attempts = 0;
        bool is_leased = false;
        std::string last_error;
    };
    virtual Result<std::optional<Waiting>> waiting(const std::string& business,
                                                   dispatch::TaskKind kind,
                                                   const std::string& key) = 0;

    virtual Result<std::vector<SecretUse>> secret_uses(const std::string& business) = 0;
    virtual Result<QueueState> queue_state() = 0;

    // Whether a write would be durable now, checked by one. For /readyz.
    virtual Result<void> check_writable() = 0;

    // Answers what is queued, then refuses. Idempotent.
    virtual void close() = 0;
};

}  // namespace gatehouse::store
