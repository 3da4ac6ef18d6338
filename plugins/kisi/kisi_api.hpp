// KisiApi: the few requests of Kisi's API that the plugin makes, as values. Only the current API:
// no /members, /shares, user_id or group_id, which Kisi has deprecated.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "claims.hpp"
#include "gatehouse/plugin.hpp"

namespace gatehouse::kisi {

struct User {
    Id id = 0;
    std::string email;
    bool is_enabled = true;  // access_enabled and scim_access_enabled
    Json metadata = Json::object();
};

struct Assignment {
    Id id = 0;
    Id group_id = 0;
    Window window;
};

struct GroupRole {
    Id user_id = 0;
    Assignment assignment;
};

// An event webhook as registered with Kisi.
struct Integration {
    Id id = 0;
    std::string url;
    bool is_on = true;  // enabled, and not switched off because it kept failing
};

// A search through Kisi's history: prepared while one waits, then read page by page.
struct EventSet {
    Id id = 0;
    std::string status;  // "in_progress", "finished", "failed"
    Json events = Json::array();
    std::string cursor;  // of the next page; empty = none
};

struct Group {
    Id id = 0;
    std::string name;
};

struct RolePage {
    std::vector<GroupRole> roles;  // those of users in groups
    int count = 0;                 // with the others
    std::int64_t total = 0;        // of all pages; 0: Kisi did not say
    bool is_last = true;
};

bool is_same_email(const std::string& a, const std::string& b);

// Every function throws Error for an answer that is not what was asked for. [call]
class KisiApi {
  public:
    KisiApi(sdk::Http http, std::string base_url, std::string api_key)
        : http_(http), base_url_(std::move(base_url)), api_key_(std::move(api_key)) {}

    // The user of the key, for people.
    std::string caller();

    // Nothing if Kisi knows no user with this very address.
    std::optional<User> find_user(const std::string& email);
    std::optional<User> user(Id id);

    // A managed user, to whom Kisi writes no mail. The error is Kisi's 409 or 422: the address may
    // be taken; look.
    std::variant<User, sdk::Error> create_user(const std::string& email, const std::string& name,
                                               const Json& metadata);

    void set_metadata(Id user_id, const Json& metadata);

    // The user's roles in groups, all pages.
    std::vector<Assignment> assignments(Id user_id);

    // Makes a group_basic role. The error is Kisi's 409 or 422: the user may hold a role in the
    // group already; look.
    std::variant<Assignment, sdk::Error> assign(Id user_id, Id group_id, const Window& window);

    // False if it was gone already.
    bool remove_assignment(Id id);

    // One page of groups; `is_last` tells whether more follow.
    std::vector<Group> groups(int offset, bool& is_last);

    // Some of the groups' ids, in their order, from the offset on.
    std::vector<Id> group_ids(int offset, int limit, bool& is_last);

    // One page of everybody's roles, or of those in one group.
    RolePage roles(int offset);
    RolePage roles_in(Id group_id, int offset);

    // Those of the users that exist.
    std::vector<User> users(const std::set<Id>& ids);

    // The groups that open a lock. Empty if Kisi does not know it.
    std::vector<Id> groups_of_lock(Id lock_id);

    std::vector<Integration> event_webhooks();
    Integration create_event_webhook(const std::string& url, const std::string& signature_key,
                                     const std::vector<std::string>& events);
    void switch_on(Id integration_id);
    Integration event_webhook(Id integration_id);

    // Kisi takes one of these a second.
    EventSet search_events(const std::string& from, const std::string& until);
    EventSet event_set(Id id, const std::string& cursor);

    static constexpr int kPageSize = 250;
    static constexpr int kMaxOffset = 20'000;  // Kisi refuses what lies further on

  private:
    RolePage read_roles(const std::string& filter, int offset);
    sdk::HttpReply send(const std::string& method, const std::string& path,
                        const Json* body = nullptr);

    sdk::Http http_;
    std::string base_url_;
    std::string api_key_;
};

}  // namespace gatehouse::kisi
