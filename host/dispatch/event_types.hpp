// Which event types lead to a look at rentals, and how fast. All others are stored and answered, no
// more (P12). An event only says where to look, never what to do.
#pragma once

#include <cstdint>
#include <string_view>

#include "dispatch/task.hpp"

namespace gatehouse::dispatch {

// What an event's `data` is about, and so where its rentals are found.
enum class EventSubject : std::uint8_t {
    kJob,     // the rentals of a job
    kRental,  // themselves
    kUnit,    // those that are known of the unit
    kRenter,  // every one of the renter's
    kSite,    // those that are known of the site
};

struct EventRule {
    std::string_view type;  // as in Storeganise's help centre, "Webhooks"
    EventSubject subject = EventSubject::kJob;
    Priority priority = Priority::kNormal;
    bool is_of_completed_job = false;  // the job must read completed, else it is read again
    TaskFlags says = 0;                // of its rentals; of a transfer's see Resolver
};

// Null for a type that asks for no look.
const EventRule* event_rule(std::string_view event_type);

bool asks_for_a_look(std::string_view event_type);

// Of the kResolve task of an event; kNormal for types that ask for no look.
Priority priority_of(std::string_view event_type);

}  // namespace gatehouse::dispatch
