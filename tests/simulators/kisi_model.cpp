#include "simulators/kisi_model.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::simulators {
namespace {

bool is_within(const KisiRoleAssignment& assignment, UnixMs at_ms) {
    if (assignment.valid_from && at_ms < *assignment.valid_from) return false;
    return !assignment.valid_until || at_ms < *assignment.valid_until;
}

void take_out(KisiIndex& index, KisiId key, KisiId id) {
    const auto found = index.find(key);
    if (found == index.end()) return;
    found->second.erase(id);
    if (found->second.empty()) index.erase(found);
}

}  // namespace

std::string to_lower(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c);
    });
    return lower;
}

KisiOrganization& KisiModel::organization(const std::string& name) {
    const auto found = organizations_.find(name);
    if (found != organizations_.end()) return found->second;
    KisiOrganization& made = organizations_[name];
    made.id = new_id();
    made.name = name;
    made.owner_password = "password-" + name;
    KisiUser owner;
    owner.name = name + " owner";
    owner.email = "owner@" + name + ".test";
    owner.confirmed = true;
    made.owner_id = add(made, owner).id;
    add_secret("kisi-key-" + name, {&made, made.owner_id});
    return made;
}

KisiOrganization* KisiModel::find(std::string_view name) {
    const auto found = organizations_.find(name);
    return found == organizations_.end() ? nullptr : &found->second;
}

KisiCaller KisiModel::caller(const std::string& secret) const {
    const auto found = callers_.find(secret);
    return found == callers_.end() ? KisiCaller() : found->second;
}

template <typename Object>
void KisiModel::stamp(Object& object) {
    if (object.id == 0) object.id = new_id();
    object.updated_at = format_utc(clock_.now_ms());
    if (object.created_at.empty()) object.created_at = object.updated_at;
}

KisiIntegration& KisiModel::add(KisiOrganization& organization, KisiIntegration integration) {
    stamp(integration);
    return organization.integrations[integration.id] = std::move(integration);
}

KisiUser& KisiModel::add(KisiOrganization& organization, KisiUser user) {
    stamp(user);
    organization.user_by_email[to_lower(user.email)] = user.id;
    return organization.users[user.id] = std::move(user);
}

KisiGroup& KisiModel::add(KisiOrganization& organization, KisiGroup group) {
    stamp(group);
    return organization.groups[group.id] = std::move(group);
}

KisiLock& KisiModel::add(KisiOrganization& organization, KisiLock lock) {
    stamp(lock);
    return organization.locks[lock.id] = std::move(lock);
}

KisiGroupLock& KisiModel::add(KisiOrganization& organization, KisiGroupLock group_lock) {
    stamp(group_lock);
    return organization.group_locks[group_lock.id] = std::move(group_lock);
}

KisiRoleAssignment& KisiModel::add(KisiOrganization& organization, KisiRoleAssignment assignment) {
    stamp(assignment);
    if (assignment.assignee_type == "User") {
        organization.assignments_of_user[assignment.assignee_id].insert(assignment.id);
    }
    organization.assignments_by_place[assignment.applies_to_id].insert(assignment.id);
    KisiRoleAssignment& stored = organization.role_assignments[assignment.id] =
        std::move(assignment);
    const auto user = organization.users.find(stored.assignee_id);
    const bool is_observed = on_assigned && stored.applies_to_type == "Group";
    if (is_observed && user != organization.users.end()) {
        on_assigned(user->second.email, stored.applies_to_id);
    }
    return stored;
}

KisiUser* KisiModel::user_by_email(KisiOrganization& organization, std::string_view email) {
    const auto found = organization.user_by_email.find(to_lower(email));
    if (found == organization.user_by_email.end()) return nullptr;
    return &organization.users.find(found->second)->second;
}

bool KisiModel::remove_user(KisiOrganization& organization, KisiId id) {
    const auto found = organization.users.find(id);
    if (found == organization.users.end()) return false;
    const auto assignments = organization.assignments_of_user.find(id);
    if (assignments != organization.assignments_of_user.end()) {
        for (const KisiId assignment : std::set<KisiId>(assignments->second)) {
            remove_role_assignment(organization, assignment);
        }
    }
    organization.user_by_email.erase(to_lower(found->second.email));
    organization.users.erase(found);
    return true;
}

bool KisiModel::remove_group(KisiOrganization& organization, KisiId id) {
    if (organization.groups.erase(id) == 0) return false;
    const auto at_its_id = organization.assignments_by_place.find(id);
    if (at_its_id != organization.assignments_by_place.end()) {
        for (const KisiId assignment_id : std::set<KisiId>(at_its_id->second)) {
            const auto& type = organization.role_assignments.at(assignment_id).applies_to_type;
            if (type == "Group") remove_role_assignment(organization, assignment_id);
        }
    }
    for (auto link = organization.group_locks.begin(); link != organization.group_locks.end();) {
        link = link->second.group_id == id ? organization.group_locks.erase(link) : std::next(link);
    }
    return true;
}

bool KisiModel::remove_role_assignment(KisiOrganization& organization, KisiId id) {
    const auto found = organization.role_assignments.find(id);
    if (found == organization.role_assignments.end()) return false;
    take_out(organization.assignments_of_user, found->second.assignee_id, id);
    take_out(organization.assignments_by_place, found->second.applies_to_id, id);
    organization.role_assignments.erase(found);
    return true;
}

KisiRoleAssignment* KisiModel::role_in(KisiOrganization& organization,
                                       const KisiRoleAssignment& like) {
    const auto of_user = organization.assignments_of_user.find(like.assignee_id);
    if (of_user == organization.assignments_of_user.end()) return nullptr;
    for (const KisiId id : of_user->second) {
        KisiRoleAssignment& known = organization.role_assignments.find(id)->second;
        if (known.applies_to_type == like.applies_to_type &&
            known.applies_to_id == like.applies_to_id) {
            return &known;
        }
    }
    return nullptr;
}

std::vector<OpenDoor> KisiModel::open_doors(KisiOrganization& organization, std::string_view email,
                                            UnixMs at_ms) {
    std::vector<OpenDoor> doors;
    const KisiUser* user = user_by_email(organization, email);
    if (user == nullptr || !user->access_enabled) return doors;
    const auto of_user = organization.assignments_of_user.find(user->id);
    if (of_user == organization.assignments_of_user.end()) return doors;
    for (const KisiId id : of_user->second) {
        const KisiRoleAssignment& assignment = organization.role_assignments.find(id)->second;
        if (assignment.applies_to_type != "Group" || !is_within(assignment, at_ms)) continue;
        for (const auto& [unused, link] : organization.group_locks) {
            if (link.group_id != assignment.applies_to_id) continue;
            const auto lock = organization.locks.find(link.lock_id);
            if (lock == organization.locks.end() || lock->second.locked_down) continue;
            doors.push_back({lock->first, link.group_id, assignment.id, lock->second.name,
                             organization.groups[link.group_id].name});
        }
    }
    return doors;
}

void KisiModel::reset() {
    organizations_.clear();
    callers_.clear();
    next_id_ = 100'000;
}

}  // namespace gatehouse::simulators
