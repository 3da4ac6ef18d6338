// Reading Storeganise's answers. Pure functions over outside bytes. [any thread]
//
// A 2xx answer that is no complete JSON object, or lacks a part that access depends on, is
// kUnavailable: time may cure it, and nothing is concluded from it (promise P6). One that speaks of
// another rental, unit, site or renter is kInvalid.
#pragma once

#include <string>
#include <string_view>

#include "access/facts.hpp"
#include "base/result.hpp"
#include "egress/http_client.hpp"
#include "storeganise/client.hpp"

namespace gatehouse::storeganise {

// Whether `id` may be put into a request's path: 1 to 128 printable characters, no slash, not dots
// alone.
bool is_usable_id(std::string_view id);

// The rentals of a job stand in different places, by type and age of the job: `result`, the
// `result` of the step `start`, or `data`; as unitRentalId, unitRentalIds, newRentalId,
// oldRentalId; as a string or as an object with an id. All of them are taken, in that order.
Result<Job> read_job(std::string_view body, const std::string& job_id);

// A rental as GET unit-rentals/{id}?include=unit,owner,customFields answers.
Result<access::Facts> read_rental(std::string_view body, const std::string& rental_id);

// The answer to a write: an object, of this rental if it has an id.
Result<void> read_written(std::string_view body, const std::string& rental_id);

// The error of an answer that is not 2xx. `what` names the request ("job 5bf4..."). The vendor's
// own text is quoted, shortened, only if `may_quote`: in answers to writes it could repeat a PIN.
Error to_error(const egress::HttpReply& reply, const std::string& what, bool may_quote,
               UnixMs now_ms);

}  // namespace gatehouse::storeganise
