// KisiApi: Kisi's REST API over the model: people, groups, locks, role assignments, logins.
//
// Where Kisi's own documents leave a choice the strict one is taken, so that a client that works
// here does not depend on leniency: members that the documents do not list are refused with 422.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

#include "simulators/http_front.hpp"
#include "simulators/kisi_model.hpp"
#include "simulators/recorder.hpp"

namespace gatehouse::simulators {

class KisiApi {
  public:
    // Both outlive the API.
    KisiApi(KisiModel& model, Recorder& recorder) : model_(model), recorder_(recorder) {}

    Reply answer(const Request& request);

    // {"error": ..., "code": ...}
    static std::string error_body(int status);

    // Five requests in any second for each user, over all their keys; on at first.
    void set_rate_limited(bool is_rate_limited) { is_rate_limited_ = is_rate_limited; }

  private:
    bool is_too_fast(KisiId user_id);

    KisiModel& model_;
    Recorder& recorder_;
    bool is_rate_limited_ = true;
    std::unordered_map<KisiId, std::deque<std::int64_t>> recent_ns_;
    SystemClock clock_;
};

}  // namespace gatehouse::simulators
