// KisiModel: organizations with their users, groups, locks and role assignments, and the question
// that everything is about: which doors can this person open now.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulators/sim_clock.hpp"

namespace gatehouse::simulators {

using KisiId = std::int64_t;

struct KisiUser {
    KisiId id = 0;
    std::string name, email, notes;
    nlohmann::json metadata = nlohmann::json::object();
    bool access_enabled = true, confirmed = false, send_emails = true;
    std::string created_at, updated_at;
};

struct KisiGroup {
    KisiId id = 0;
    std::string name;
    std::string created_at, updated_at;
};

struct KisiLock {
    KisiId id = 0;
    std::string name;
    bool locked_down = false;
    std::string created_at, updated_at;
};

struct KisiGroupLock {
    KisiId id = 0, group_id = 0, lock_id = 0;
    std::string created_at, updated_at;
};

struct KisiRoleAssignment {
    KisiId id = 0, applies_to_id = 0, assignee_id = 0;
    std::string applies_to_type, assignee_type, role_id;
    bool notify = false;
    std::optional<UnixMs> valid_from, valid_until;
    std::string created_at, updated_at;
};

// An event webhook.
struct KisiIntegration {
    KisiId id = 0;
    std::string name, type, url, signature_key;
    std::vector<std::string> enabled_events;
    bool is_enabled = true, is_disabled_due_to_error = false;
    int failures = 0;  // deliveries in a row that were not answered with 200
    std::string created_at, updated_at;
};

struct KisiEvent {
    UnixMs at_ms = 0;
    nlohmann::json document;
};

// A search through the events.
struct KisiEventSet {
    KisiId id = 0;
    UnixMs from_ms = 0, until_ms = 0;
    int polls_left = 0;  // until it is prepared
};

using KisiIndex = std::unordered_map<KisiId, std::set<KisiId>>;

struct KisiOrganization {
    KisiId id = 0;
    std::string name;
    KisiId owner_id = 0;  // the user that API keys belong to
    std::string owner_password;
    std::map<KisiId, KisiUser> users;
    std::unordered_map<std::string, KisiId> user_by_email;  // lower case
    std::map<KisiId, KisiGroup> groups;
    std::map<KisiId, KisiLock> locks;
    std::map<KisiId, KisiGroupLock> group_locks;
    std::map<KisiId, KisiRoleAssignment> role_assignments;
    std::map<KisiId, KisiIntegration> integrations;
    std::map<KisiId, KisiEventSet> event_sets;
    std::vector<KisiEvent> events;
    // Of users; and by the group, place or organization that they apply to.
    KisiIndex assignments_of_user, assignments_by_place;
};

struct KisiCaller {
    KisiOrganization* organization = nullptr;
    KisiId user_id = 0;
};

struct OpenDoor {
    KisiId lock_id, group_id, role_assignment_id;
    std::string lock_name, group_name;
};

std::string to_lower(std::string_view text);

class KisiModel {
  public:
    // The organization of that name, made with its owner and the API key "kisi-key-<name>" if it is
    // new. Stays good until reset().
    KisiOrganization& organization(const std::string& name);
    KisiOrganization* find(std::string_view name);
    std::map<std::string, KisiOrganization, std::less<>>& organizations() { return organizations_; }

    // Secrets of logins, which is what API keys are.
    void add_secret(const std::string& secret, KisiCaller caller) { callers_[secret] = caller; }
    void remove_secret(const std::string& secret) { callers_.erase(secret); }
    KisiCaller caller(const std::string& secret) const;

    // Each gives the object an id when it has none, and its times.
    KisiUser& add(KisiOrganization& organization, KisiUser user);
    KisiGroup& add(KisiOrganization& organization, KisiGroup group);
    KisiLock& add(KisiOrganization& organization, KisiLock lock);
    KisiGroupLock& add(KisiOrganization& organization, KisiGroupLock group_lock);
    KisiRoleAssignment& add(KisiOrganization& organization, KisiRoleAssignment assignment);
    KisiIntegration& add(KisiOrganization& organization, KisiIntegration integration);

    static KisiUser* user_by_email(KisiOrganization& organization, std::string_view email);
    // With their role assignments. False if there is none.
    static bool remove_user(KisiOrganization& organization, KisiId id);
    static bool remove_group(KisiOrganization& organization, KisiId id);
    static bool remove_role_assignment(KisiOrganization& organization, KisiId id);
    // Of that person to that organization, place or group; nothing if there is none.
    static KisiRoleAssignment* role_in(KisiOrganization& organization,
                                       const KisiRoleAssignment& like);

    // Role assignments within their window, to groups whose doors are not locked down, of a user
    // whose access is enabled.
    static std::vector<OpenDoor> open_doors(KisiOrganization& organization, std::string_view email,
                                            UnixMs at_ms);

    KisiId new_id() { return next_id_++; }
    void reset();

    // How often an event set is polled until it is prepared.
    int event_set_polls = 1;

    // Told after a role assignment of a user to a group was made.
    std::function<void(const std::string& email, KisiId group_id)> on_assigned;

  private:
    template <typename Object>
    void stamp(Object& object);

    std::map<std::string, KisiOrganization, std::less<>> organizations_;
    std::unordered_map<std::string, KisiCaller> callers_;
    KisiId next_id_ = 100'000;  // above what seeds usually choose
    SimClock clock_;
};

}  // namespace gatehouse::simulators
