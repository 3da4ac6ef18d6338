// Renters: what the store holds of one person, to be handed out or erased. [any thread; blocks]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "access/access_event.hpp"
#include "access/rental_record.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "dispatch/alert.hpp"
#include "dispatch/task_queue.hpp"
#include "observe/step.hpp"

namespace gatehouse::store {

struct RenterEvent {
    std::int64_t id = 0;
    std::string source;
    std::string sender_id;
    std::string type;
    UnixMs received_ms = 0;
    std::string body;
    std::vector<observe::Step> steps;
};

struct RenterData {
    std::vector<access::RentalRecord> rentals;
    std::vector<std::string> held;  // of these, the rentals that still have access or work to do
    std::vector<RenterEvent> events;
    std::vector<observe::Step> steps;  // of the rentals
    std::vector<access::StoredAccessEvent> access_events;
    std::vector<dispatch::AlertRecord> alerts;
    std::vector<dispatch::DeadLetter> dead_letters;
    std::vector<UnixMs> erased_ms;  // when what was held of the renter before was erased
};

// What becomes of a renter who still has access, as far as the store knows.
enum class Held : std::uint8_t {
    kRefuse,  // nothing is changed: the access would stay, and nobody know of it
    kErase,   // erased all the same: nobody can end it here any more
};

class Renters {
  public:
    virtual ~Renters() = default;

    // Everything that names the renter, one of the renter's rentals or their e-mail address. Empty
    // if nothing does.
    virtual Result<RenterData> renter(const std::string& business,
                                      const std::string& renter_id) = 0;

    // Erases all that renter() finds, from every table and from the file's free pages, and keeps
    // that it was done. What happened at the doors stays, without the person. Says how many rows
    // were changed. kConflict, and nothing is changed, while one of the rentals still has access
    // and `held` is kRefuse.
    virtual Result<std::int64_t> erase_renter(const std::string& business,
                                              const std::string& renter_id, Held held) = 0;
};

}  // namespace gatehouse::store
