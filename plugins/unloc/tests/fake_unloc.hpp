// FakeUnloc: one project's locks, keys and jobs in memory, behind the SDK's TestHost.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace gatehouse::unloc::test {

using sdk::Json;
using sdk::Outcome;
using Strings = std::vector<std::string>;

inline const std::string the_project = "d45031c2-be07-4d20-adbe-4e51e6ad0fed";
inline const std::string the_lock_a = "aaaaaaaa-0000-4000-8000-000000000001";
inline const std::string the_lock_b = "bbbbbbbb-0000-4000-8000-000000000002";
inline const std::string the_phone = "+4790012345";

class FakeUnloc {
  public:
    explicit FakeUnloc(const std::string& default_country = "");

    // Access for a rental of the renter o1 whose phone number is `phone`.
    Outcome apply(const std::string& rental, const std::string& state, const Strings& targets,
                  const Json& references, const Json& from = nullptr, const Json& until = nullptr);

    // apply() until it is not pending any more, at most `limit` times.
    Outcome settle(const std::string& rental, const std::string& state, const Strings& targets,
                   Json references, const Json& from = nullptr, const Json& until = nullptr,
                   int limit = 20);

    Json add_key(const std::string& lock, const Json& metadata, const Json& start = nullptr,
                 const Json& end = nullptr, const std::string& phone = the_phone);

    // Every request since the last call of this: "POST /keys"; tokens and queries left out.
    Strings take_asked();

    // Live keys, in order of making: "A +4790012345" with " from..until" if there is a window.
    Strings live() const;

    // The vendor's answer.
    Json answer(const Json& request);

    // Every job goes on by one poll, whoever knows of it.
    void let_jobs_go_on();

    sdk::TestHost host;
    std::vector<Json> keys;
    std::map<std::string, Json> jobs;
    std::vector<Json> webhooks;
    std::string phone = the_phone;

    int job_polls = 0;  // how often a job says that it is not done
    std::string job_outcome = "succeeded";
    std::string created_shape = "id";  // id, keyId or key
    bool shows_metadata = true;
    bool takes_second_key = true;
    bool lists_new_keys = true;  // false: made keys are not in the list yet
    int tokens = 0;
    std::string good_token;  // another one gets 401

    // Looks at each request first; an answer given here is the answer.
    std::function<std::optional<Json>(const std::string& what, const Json& request)> intercept;

  private:
    Json answer_keys(const std::string& method, const std::string& rest, const Json& body);
    Json create(const Json& body);
    Json list(const std::string& query) const;
    Json erase(const std::string& id);
    Json poll(const std::string& id);
    Json shown(Json key) const;

    int next_id_ = 1;
    Strings asked_;
};

}  // namespace gatehouse::unloc::test
