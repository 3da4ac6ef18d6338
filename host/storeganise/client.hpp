// Client: reads jobs and rentals from one business's Storeganise and writes custom fields back.
//
// Tolerant where the sources differ (where a job keeps its rental's id), strict about identity: an
// answer that speaks of another rental, unit or renter than was asked for is kInvalid, never data
// (promise P6). An empty, cut off or unreadable answer is kUnavailable: time may cure it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/facts.hpp"
#include "access/rental_source.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "egress/egress.hpp"
#include "observe/step.hpp"

namespace gatehouse::storeganise {

struct Job {
    std::string id;
    std::string type;                     // "unit_moveIn"
    std::string state;                    // "completed"
    std::vector<std::string> rental_ids;  // the rentals that it speaks of; may be empty
};

// One per business. [any thread; blocks]
class Client : public access::RentalSource {
  public:
    virtual Result<Job> job(const std::string& job_id, observe::StepLog* steps) = 0;

    // rental(): the rental with its unit, owner and custom fields, in one GET.
    // write_fields(): one PUT; "true" and "false" go as booleans.
};

// `egress` outlives the client.
std::unique_ptr<Client> make_client(const config::Business& business,
                                    const std::vector<std::string>& allow_private,
                                    egress::Egress& egress, const Clock& clock);

}  // namespace gatehouse::storeganise
