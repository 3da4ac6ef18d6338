// FakeKisi: Kisi's users and role assignments in memory, behind the SDK's TestHost.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace gatehouse::kisi::test {

using sdk::Json;
using sdk::Outcome;

class FakeKisi {
  public:
    FakeKisi();

    Json add_user(const std::string& email, const Json& metadata = Json::object());
    Json add_assignment(int user_id, int group_id, const Json& from = nullptr,
                        const Json& until = nullptr, const std::string& role = "group_basic");

    // Every request since the last call of this: "POST /users".
    std::vector<std::string> take_asked();
    int writes_asked() const;

    // The roles of all users as "user/group" or "user/group from..until", in order of making.
    std::vector<std::string> roles() const;

    // Access for the rental of the renter ada@example.com.
    Outcome apply(const std::string& rental, const std::string& state,
                  const std::vector<std::string>& targets, const Json& references,
                  const Json& from = nullptr, const Json& until = nullptr,
                  const std::string& email = "ada@example.com");

    // The vendor's answer.
    Json answer(const Json& request);

    sdk::TestHost host;
    std::map<int, Json> users;
    std::map<int, Json> assignments;
    std::vector<int> groups{900, 901, 4711, 4712};
    std::map<int, std::vector<int>> groups_of_lock;
    std::map<int, Json> integrations;
    std::vector<Json> history;  // events, oldest first
    int polls_until_ready = 0;  // of each event set
    std::size_t history_page = 50;
    bool has_ranges = true;

    // Looks at each request first; an answer given here is the answer.
    std::function<std::optional<Json>(const std::string& what, const Json& request)> intercept;

  private:
    Json answer_users(const std::string& method, const std::string& rest, const Json& body);
    Json answer_assignments(const std::string& method, const std::string& rest, const Json& body);
    Json answer_integrations(const std::string& method, const std::string& rest, const Json& body);
    Json answer_event_sets(const std::string& method, const std::string& rest);
    Json list(const std::vector<Json>& all, const std::string& query) const;
    Json list(const std::vector<const Json*>& all, const std::string& query) const;

    int next_id_ = 1;
    int polls_ = 0;
    std::vector<std::string> asked_;
};

}  // namespace gatehouse::kisi::test
