// NukiApi: the part of Nuki's Web API that has to do with keypad codes: smart locks, their
// authorizations, webhooks. Facts and what is invented: docs/simulators.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "simulators/http_front.hpp"
#include "simulators/nuki_model.hpp"

namespace gatehouse::simulators {

class NukiApi {
  public:
    // The model outlives the API.
    explicit NukiApi(NukiModel& model) : model_(model) {}

    Reply answer(const Request& request);

    // {"detailMessage": ..., "stackTrace": [], "suppressedExceptions": []}
    static std::string error_body(int status);

  private:
    Reply answer_locks(NukiAccount& account, const Request& request);
    Reply answer_auths(NukiLock& lock, const Request& request);
    Reply answer_auth(NukiLock& lock, const std::string& id, const Request& request);
    static Reply answer_log(const NukiAccount& account, const Request& request);
    Reply answer_webhooks(NukiAccount& account, const Request& request);
    Reply create(NukiLock& lock, const nlohmann::json& body);
    Reply change(NukiLock& lock, const NukiAuth& auth, const nlohmann::json& body);

    NukiModel& model_;
};

// As the API shows it; with "operationId" while a write is on its way to the lock.
nlohmann::json to_json(const NukiAuth& auth, const NukiLock& lock);
nlohmann::json to_json(const NukiLock& lock, const NukiAccount& account);

}  // namespace gatehouse::simulators
