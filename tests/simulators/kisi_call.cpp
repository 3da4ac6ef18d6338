#include "simulators/kisi_call.hpp"

#include <utility>

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

json time_or_null(const std::optional<UnixMs>& at_ms) {
    return at_ms ? json(format_utc(*at_ms)) : json();
}

}  // namespace

json to_json(const KisiUser& user, const KisiOrganization& organization) {
    return {{"id", user.id},
            {"resource_type", "User"},
            {"name", user.name},
            {"email", user.email},
            {"metadata", user.metadata},
            {"notes", user.notes.empty() ? json() : json(user.notes)},
            {"access_enabled", user.access_enabled},
            {"scim_access_enabled", true},
            {"confirmed", user.confirmed},
            {"last_accessed_at", nullptr},
            {"organization_id", organization.id},
            {"created_at", user.created_at},
            {"updated_at", user.updated_at}};
}

json to_json(const KisiGroup& group, const KisiOrganization& organization) {
    return {{"id", group.id},
            {"resource_type", "Group"},
            {"name", group.name},
            {"description", nullptr},
            {"place_id", nullptr},
            {"organization_id", organization.id},
            {"time_restriction_enabled", false},
            {"created_at", group.created_at},
            {"updated_at", group.updated_at}};
}

json to_json(const KisiLock& lock, const KisiOrganization& organization) {
    return {{"id", lock.id},
            {"resource_type", "Lock"},
            {"name", lock.name},
            {"unlocked", false},
            {"locked_down", lock.locked_down},
            {"online", true},
            {"open", false},
            {"configured", true},
            {"place_id", nullptr},
            {"floor_id", nullptr},
            {"organization_id", organization.id},
            {"created_at", lock.created_at},
            {"updated_at", lock.updated_at}};
}

json to_json(const KisiGroupLock& group_lock, const KisiOrganization& organization) {
    const auto group = organization.groups.find(group_lock.group_id);
    const auto lock = organization.locks.find(group_lock.lock_id);
    return {
        {"id", group_lock.id},
        {"resource_type", "GroupLock"},
        {"group_id", group_lock.group_id},
        {"lock_id", group_lock.lock_id},
        {"group",
         group == organization.groups.end() ? json() : to_json(group->second, organization)},
        {"lock", lock == organization.locks.end() ? json() : to_json(lock->second, organization)},
        {"created_at", group_lock.created_at},
        {"updated_at", group_lock.updated_at}};
}

json to_json(const KisiRoleAssignment& assignment, const KisiOrganization&) {
    return {{"id", assignment.id},
            {"resource_type", "RoleAssignment"},
            {"applies_to_type", assignment.applies_to_type},
            {"applies_to_id", assignment.applies_to_id},
            {"assignee_type", assignment.assignee_type},
            {"assignee_id", assignment.assignee_id},
            {"role_id", assignment.role_id},
            {"notify", assignment.notify},
            {"valid_from", time_or_null(assignment.valid_from)},
            {"valid_until", time_or_null(assignment.valid_until)},
            {"created_at", assignment.created_at},
            {"updated_at", assignment.updated_at}};
}

Reply kisi_error(int status, std::string_view text, std::string_view code) {
    Reply reply;
    reply.status = status;
    reply.body = json{{"error", text}, {"code", code}}.dump();
    return reply;
}

// Kisi publishes no code of its own for these two.
Reply kisi_not_found() {
    return kisi_error(404, "Not found", "ffffff");
}
Reply kisi_method_not_allowed() {
    return kisi_error(405, "Method not allowed", "ffffff");
}

Reply kisi_invalid(std::string_view field, std::string_view text) {
    Reply reply;
    reply.status = 422;
    reply.body = json{{"errors", {{std::string(field), json::array({text})}}}}.dump();
    return reply;
}

Reply kisi_ok(const json& object) {
    Reply reply;
    reply.body = object.dump();
    return reply;
}

Reply kisi_no_content() {
    Reply reply;
    reply.status = 204;
    return reply;
}

json unwrap(const KisiCall& call, const char* name, std::initializer_list<std::string_view> allowed,
            Reply& refusal) {
    json body = json::parse(call.request.body, nullptr, false);
    if (!body.is_object() || !body.contains(name) || !body[name].is_object()) {
        refusal = kisi_error(400, "Parameter missing: " + std::string(name), "ffffff");
        return nullptr;
    }
    for (const auto& [member, unused] : body[name].items()) {
        if (std::find(allowed.begin(), allowed.end(), member) == allowed.end()) {
            refusal = kisi_invalid(member, "is not permitted");
            return nullptr;
        }
    }
    return std::move(body[name]);
}

void mark_deprecated(const KisiCall& call, Reply& reply) {
    reply.headers += "Deprecation: true\r\n";
    call.recorder.count("kisi", "deprecated");
}

std::string collection_range(std::int64_t offset, std::int64_t limit, std::int64_t total) {
    if (total == 0) return "X-Collection-Range: */0\r\n";
    return "X-Collection-Range: " + std::to_string(offset) + '-' +
           std::to_string(offset + limit - 1) + '/' + std::to_string(total) + "\r\n";
}

}  // namespace gatehouse::simulators
