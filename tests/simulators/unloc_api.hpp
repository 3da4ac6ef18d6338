// UnlocApi: Unloc's API v2 over the model: tokens, locks, keys, jobs, webhooks.
//
// Where Unloc's documents leave a choice the strict one is taken: members and parameters that they
// do not list are refused with 400, and null where the live API refuses it.
#pragma once

#include <string>
#include <vector>

#include "simulators/http_front.hpp"
#include "simulators/query.hpp"
#include "simulators/recorder.hpp"
#include "simulators/unloc_model.hpp"

namespace gatehouse::simulators {

class UnlocApi {
  public:
    // Both outlive the API.
    UnlocApi(UnlocModel& model, Recorder& recorder) : model_(model), recorder_(recorder) {}

    Reply answer(const Request& request);

    // {"title": ..., "detail": ...}
    static std::string error_body(int status);

  private:
    Reply give_token(const Request& request);
    Reply discover(const Request& request);
    Reply answer_project(UnlocProject& project, const Request& request,
                         const std::vector<std::string>& rest);
    Reply answer_keys(UnlocProject& project, const Request& request,
                      const std::vector<std::string>& rest);
    Reply answer_webhooks(UnlocProject& project, const Request& request,
                          const std::vector<std::string>& rest);
    Reply create_keys(UnlocProject& project, const Request& request);
    Reply register_webhook(UnlocProject& project, const Request& request);

    UnlocModel& model_;
    Recorder& recorder_;
};

// As Unloc shows it; without metadata if the project hides it.
nlohmann::json to_json(const UnlocKey& key, const UnlocProject& project, UnixMs now_ms);

// Problem JSON; `params` are [{"name", "reason"}].
Reply unloc_problem(int status, std::string_view title, std::string_view detail,
                    nlohmann::json params = nullptr);
Reply unloc_ok(const nlohmann::json& body, int status, std::string_view route);

// unloc_keys.cpp

// Reads {"keys": [...]}. Any fault makes a refusal of the whole and an empty list.
std::vector<UnlocKey> unloc_keys_from(const UnlocProject& project, const nlohmann::json& body,
                                      UnixMs now_ms, Reply& refusal);

Reply list_unloc_keys(const UnlocProject& project, const Query& query, UnixMs now_ms);

nlohmann::json to_json(const UnlocJob& job, const UnlocProject& project);

}  // namespace gatehouse::simulators
