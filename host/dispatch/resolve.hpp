// Resolver: from an event to the rentals that it speaks of. Reads the event's job, or what is known
// of its unit, renter or site, and marks each rental for a look; what the event claims to have
// happened is never taken as fact.
#pragma once

#include "access/rental_lookups.hpp"
#include "base/clock.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/event_data.hpp"
#include "dispatch/event_types.hpp"
#include "dispatch/task_handler.hpp"

namespace gatehouse::dispatch {

class Resolver final : public TaskHandler {
  public:
    // All outlive it.
    Resolver(const Businesses& businesses, access::RentalLookups& lookups, const Clock& clock)
        : businesses_(businesses), lookups_(lookups), clock_(clock) {}

    // kNotFound: the business is gone from the configuration, there is no such job (yet), or it
    // names no rental. kInvalid: the event names nothing of what its type is about. kUnavailable:
    // the job does not read completed yet although its event says so, or Storeganise or the store
    // cannot be read. A unit, renter or site that nothing is known of is a success (P12).
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    Outcome resolve_job(const EventRule& rule, const EventData& data, const Task& task,
                        storeganise::Client& client, observe::StepLog& steps);
    Outcome fan_out(const EventRule& rule, const EventData& data, const Task& task,
                    storeganise::Client& client, observe::StepLog& steps);
    // How urgent the looks at an event's rentals are, and what it says of them.
    struct Wish {
        Priority priority = Priority::kNormal;
        TaskFlags says = 0;
        // Of a transfer.
        std::string old_rental_id = {};
        std::string new_rental_id = {};

        TaskFlags says_of(const std::string& rental_id) const;
    };
    // At most kMaxLooks of them; a further task goes on with the rest.
    void add_named_looks(const std::vector<std::string>& rental_ids, const Wish& wish,
                         const Task& task, observe::StepLog& steps, Outcome& outcome) const;
    void add_looks(const std::vector<std::string>& rental_ids, const Wish& wish, const Task& task,
                   observe::StepLog& steps, Outcome& outcome) const;

    const Businesses& businesses_;
    access::RentalLookups& lookups_;
    const Clock& clock_;
};

}  // namespace gatehouse::dispatch
