// What a test or a person does at Unloc by hand: seeds, changes, access events, questions.
#pragma once

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include "simulators/http_front.hpp"
#include "simulators/query.hpp"
#include "simulators/unloc_model.hpp"

namespace gatehouse::simulators {

// All throw nlohmann::json::exception or std::invalid_argument for a document that does not fit.

// {"project", "name", "client_id", "client_secret", "locks": [{"id", "name", "anonymised"}],
// "keys": [{"lock_id", "phone", "start", "end", "recurrence", "metadata"}]} and the settings of
// change_unloc(). Seeded keys are somebody else's: they tell of no use.
void seed_unloc(UnlocModel& model, const nlohmann::json& wanted);

// Settings of a project, and things that happen at once (docs/simulators.md).
nlohmann::json change_unloc(UnlocModel& model, const nlohmann::json& wanted);

// The locks that `phone` can open now, or `at` that time: [{"project", "lock_id", ...}].
nlohmann::json unloc_doors(UnlocModel& model, const Query& query);

nlohmann::json dump_unloc(UnlocModel& model);

// Somebody used a lock: sends the access event to each webhook registered for it. Answers
// {"event": ..., "deliveries": [...]}.
void control_unloc_event(boost::asio::io_context& io, UnlocModel& model, const nlohmann::json& body,
                         const Responder& respond);

}  // namespace gatehouse::simulators
