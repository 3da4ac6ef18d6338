// Client: reads jobs and rentals from one business's Storeganise and writes custom fields back.
//
// Tolerant where the sources differ (where a job keeps its rental's id), strict about identity: an
// answer that speaks of another rental, unit or renter than was asked for is kInvalid, never data
// (promise P6). An empty, cut off or unreadable answer is kUnavailable: time may cure it.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
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
    // Of a transfer; empty otherwise.
    std::string old_rental_id = {};
    std::string new_rental_id = {};
    std::optional<std::string> date = {};  // of a move-out: the last day, "2026-11-30"
    bool is_date_readable = true;          // false: a date is there, in no form that is known
    UnixMs updated_ms = 0;                 // 0 = not told

    bool is_cancelled() const { return state == "cancelled" || state == "canceled"; }
};

// Filters of a list; empty ones are not sent.
struct ListQuery {
    std::optional<UnixMs> updated_after_ms;
    std::string site_id;
    std::string owner_id;
    std::vector<std::string> ids;
    int offset = 0;
    int limit = 50;
};

// A row of which nothing is known.
struct UnreadableRow {
    std::string name;       // "rental r1"; "row 57" of the list if it has no id
    std::string rental_id;  // empty: it has no usable one
    std::string why;
    bool is_occupied = false;
};

// One page of rentals, each with its unit, owner and custom fields. `facts` of a rental with a
// planned move-out have no end_date here: that would cost a request each.
struct RentalPage {
    std::vector<access::Facts> rentals;
    std::vector<UnreadableRow> unreadable;  // those that lack a part or contradict themselves
    int rows = 0;                           // as sent; fewer than asked for = the last page
};

struct IdPage {
    std::vector<std::string> ids;  // of the rows that have one
    int rows = 0;
};

// A job of type `task`: how staff are told of what needs a person.
struct StaffTask {
    std::string target_type;  // "unit", "user" or "addon"
    std::string target_id;
    std::string title;
    std::string text;
    std::string mark = {};  // how `text` ends, by which it is found again
};

// One per business. [any thread; blocks]
class Client : public access::RentalSource {
  public:
    virtual Result<Job> job(const std::string& job_id, observe::StepLog* steps) = 0;

    // By job().
    Result<UnixMs> job_updated_ms(const std::string& job_id, observe::StepLog* steps) override;

    // rental(): the rental with its unit, owner and custom fields in one GET, its site in another
    // one now and then (site_codes.hpp), and unless it has ended the job of its move-out. A job
    // that is cancelled or gone plans nothing; one that cannot be read fails the whole, for the end
    // must not be guessed. write_fields(): one PUT; "true" and "false" go as booleans.

    // A page that is no list, has more rows than were asked for, rows that no filter of `query`
    // would let through or not one with an id is kUnavailable, never an empty page. A row that
    // cannot be read costs that row.
    virtual Result<RentalPage> rentals(const ListQuery& query, observe::StepLog* steps) = 0;
    virtual Result<IdPage> units(const ListQuery& query, observe::StepLog* steps) = 0;
    virtual Result<IdPage> users(const ListQuery& query, observe::StepLog* steps) = 0;

    // The new job's id. Sent once: after kUnavailable the job may exist all the same.
    virtual Result<std::string> create_task(const StaffTask& task, observe::StepLog* steps) = 0;

    // The id of an open one on the same target with the same mark, if Storeganise lists one among
    // the jobs changed since then; an empty one if it does not. At most a few pages are read.
    virtual Result<std::string> find_task(const StaffTask& task, UnixMs since_ms,
                                          observe::StepLog* steps) = 0;

    // Completes the job's open steps. Good if it was completed, or is gone, already.
    virtual Result<void> complete_task(const std::string& job_id, observe::StepLog* steps) = 0;

    // An object as Storeganise has it with its custom fields, for messages. `collection`: "jobs",
    // "unit-rentals", "units", "users", "sites", "invoices"; kUnsupported for others.
    virtual Result<nlohmann::json> object(const std::string& collection, const std::string& id,
                                          observe::StepLog* steps) = 0;
};

// `egress` outlives the client.
std::unique_ptr<Client> make_client(const config::Business& business,
                                    const std::vector<std::string>& allow_private,
                                    egress::Egress& egress, const Clock& clock);

}  // namespace gatehouse::storeganise
