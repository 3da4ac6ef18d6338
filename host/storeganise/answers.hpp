// Reading Storeganise's answers. Pure functions over outside bytes. [any thread]
//
// A 2xx answer that is no complete JSON object, or lacks a part that access depends on, is
// kUnavailable: time may cure it, and nothing is concluded from it (promise P6). One that speaks of
// another rental, unit, site or renter is kInvalid.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/facts.hpp"
#include "base/result.hpp"
#include "egress/http_client.hpp"
#include "storeganise/client.hpp"

namespace gatehouse::storeganise {

// The day of a date or of a full time, as it is written there: "2026-11-22T23:30:00Z" is the 22nd,
// in whatever zone. Nothing for what is neither.
std::optional<std::string> day_of(std::string_view text);

// Whether a member that holds a date holds none: absent, null, or text that is empty or blank, as
// JavaScript's forms write a date that was cleared.
bool is_no_date(const nlohmann::json* value);

// A string, or an object with an id; empty for anything else.
std::string id_in(const nlohmann::json& value);

// Whether `id` may be put into a request's path: 1 to 128 printable characters, no slash, not dots
// alone.
bool is_usable_id(std::string_view id);

// The rentals of a job stand in different places, by type and age of the job: `result`, the
// `result` of the step `start`, or `data`; as unitRentalId, unitRentalIds, newRentalId,
// oldRentalId; as a string or as an object with an id. All of them are taken, in that order.
// A transfer's old and new rental are named as oldRentalId and newRentalId; a new one that is not
// is the unitRentalId of the step `start`.
Result<Job> read_job(std::string_view body, const std::string& job_id);

// A rental as GET unit-rentals/{id}?include=unit,owner,customFields answers.
Result<access::Facts> read_rental(std::string_view body, const std::string& rental_id);
Result<access::Facts> read_rental_row(const nlohmann::json& rental, const std::string& rental_id);

// The query of a list, "limit=50&offset=0&siteId=...". kInvalid: an id that cannot be one.
Result<std::string> to_parameters(const ListQuery& query);

// Lists are bare arrays. kUnavailable: see Client::rentals().
Result<RentalPage> read_rental_page(std::string_view body, const ListQuery& query);
Result<IdPage> read_id_page(std::string_view body, const std::string& collection,
                            const ListQuery& query);

// A page of jobs: the first open task on the task's target with its mark; empty if there is none.
struct TaskPage {
    std::string found;
    int rows = 0;
};
Result<TaskPage> read_task_page(std::string_view body, const ListQuery& query,
                                const StaffTask& task);

// The id of the job that a POST made.
Result<std::string> read_made_job(std::string_view body);

// The steps that a job still waits for, in order; none if it is completed or cancelled.
Result<std::vector<std::string>> read_open_steps(std::string_view body, const std::string& job_id);

// Any object under its id.
Result<nlohmann::json> read_object(std::string_view body, const std::string& collection,
                                   const std::string& id);

// The answer to a write: an object, of this rental if it has an id.
Result<void> read_written(std::string_view body, const std::string& rental_id);

// The error of an answer that is not 2xx. `what` names the request ("job 5bf4..."). The vendor's
// own text is quoted, shortened, only if `may_quote`: in answers to writes it could repeat a PIN.
Error to_error(const egress::HttpReply& reply, const std::string& what, bool may_quote,
               UnixMs now_ms);

}  // namespace gatehouse::storeganise
