// What a test or a person does at Nuki by hand: seeds, edits on the lock itself, questions.
#pragma once

#include <nlohmann/json.hpp>

#include "simulators/nuki_model.hpp"
#include "simulators/query.hpp"

namespace gatehouse::simulators {

// All throw nlohmann::json::exception or std::invalid_argument for a document that does not fit.

// {"account", "api_token", "locks": [{"id", "name", "keypad", "online", "auths": [...]}]}
void seed_nuki(NukiModel& model, const nlohmann::json& wanted);

// A code made, changed or removed by hand, past the API: {"account", "lock_id", "id" or "name",
// "code", "rename", "enabled", "from", "until", "type", "delete", "unseen"}. Gives its id.
nlohmann::json edit_nuki_auth(NukiModel& model, const nlohmann::json& wanted);

// The locks that the PIN `pin` opens now, or `at` that time: [{"account", "lock_id", ...}].
nlohmann::json nuki_doors(NukiModel& model, const Query& query);

nlohmann::json dump_nuki(NukiModel& model);

}  // namespace gatehouse::simulators
