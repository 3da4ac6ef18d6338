// /role_assignments, /roles, and /shares, the deprecated form of a role assignment.
#include <algorithm>
#include <utility>

#include "simulators/kisi_page.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

struct Role {
    std::string_view id, applies_to, name;
};

constexpr Role kRoles[] = {
    {"group_basic", "Group", "Basic"},
    {"group_manager", "Group", "Manager"},
    {"place_basic", "Place", "Basic"},
    {"place_manager", "Place", "Manager"},
    {"organization_administrator", "Organization", "Administrator"},
};

std::string text_in(const json& body, const char* member) {
    const auto found = body.find(member);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

KisiId id_in(const json& body, const char* member) {
    const auto found = body.find(member);
    return found != body.end() && found->is_number_integer() ? found->get<KisiId>() : -1;
}

// Reads an ISO date-time or null. False if it is neither.
bool read_time(const json& body, const char* member, std::optional<UnixMs>& into) {
    const auto found = body.find(member);
    if (found == body.end() || found->is_null()) return true;
    if (!found->is_string()) return false;
    const auto at_ms = parse_utc(found->get<std::string>());
    if (at_ms) into = *at_ms;
    return at_ms.has_value();
}

// The aliases that Kisi's guides still show.
bool read_aliases(const json& body, KisiRoleAssignment& assignment) {
    const bool has_alias = body.contains("user_id") || body.contains("group_id");
    if (body.contains("user_id")) {
        assignment.assignee_type = "User";
        assignment.assignee_id = id_in(body, "user_id");
    }
    if (body.contains("group_id")) {
        assignment.applies_to_type = "Group";
        assignment.applies_to_id = id_in(body, "group_id");
    }
    return has_alias;
}

bool applies_to_something(const KisiOrganization& organization,
                          const KisiRoleAssignment& assignment) {
    if (assignment.applies_to_type == "Group") {
        return organization.groups.count(assignment.applies_to_id) > 0;
    }
    return assignment.applies_to_type == "Place" || assignment.applies_to_id == organization.id;
}

bool is_role_for(std::string_view role_id, std::string_view applies_to) {
    return std::any_of(std::begin(kRoles), std::end(kRoles), [&](const Role& role) {
        return role.id == role_id && role.applies_to == applies_to;
    });
}

// The refusal, or status 200 if the assignment can be made.
Reply judge(const KisiCall& call, const KisiRoleAssignment& assignment) {
    const std::string& type = assignment.applies_to_type;
    if (type != "Organization" && type != "Place" && type != "Group") {
        return kisi_invalid("applies_to_type", "is not included in the list");
    }
    if (!applies_to_something(call.organization, assignment)) {
        return kisi_invalid("applies_to_id", "must exist");
    }
    if (assignment.assignee_type != "User") {
        return kisi_invalid("assignee_type", "is not included in the list");
    }
    if (call.organization.users.count(assignment.assignee_id) == 0) {
        return kisi_invalid("assignee_id", "must exist");
    }
    if (!is_role_for(assignment.role_id, type)) {
        return kisi_invalid("role_id", "is not included in the list");
    }
    const bool has_window = assignment.valid_from || assignment.valid_until;
    if (has_window && type != "Group") return kisi_invalid("valid_from", "must be blank");
    if (KisiModel::role_in(call.organization, assignment) != nullptr) {
        return kisi_invalid("assignee_id", "already has a role here");
    }
    return {};
}

Reply create(KisiCall& call, const char* envelope) {
    Reply refusal;
    const json body =
        unwrap(call, envelope,
               {"applies_to_type", "applies_to_id", "assignee_type", "assignee_id", "role_id",
                "notify", "valid_from", "valid_until", "user_id", "group_id"},
               refusal);
    if (body.is_null()) return refusal;
    KisiRoleAssignment assignment;
    assignment.applies_to_type = text_in(body, "applies_to_type");
    assignment.applies_to_id = id_in(body, "applies_to_id");
    assignment.assignee_type = text_in(body, "assignee_type");
    assignment.assignee_id = id_in(body, "assignee_id");
    assignment.role_id = text_in(body, "role_id");
    assignment.notify = body.contains("notify") && body["notify"] == true;
    const bool has_alias = read_aliases(body, assignment);
    const bool is_share = std::string_view(envelope) == "share";
    if (is_share) assignment.role_id = "group_basic";
    if (!read_time(body, "valid_from", assignment.valid_from)) {
        return kisi_invalid("valid_from", "is invalid");
    }
    if (!read_time(body, "valid_until", assignment.valid_until)) {
        return kisi_invalid("valid_until", "is invalid");
    }
    Reply verdict = judge(call, assignment);
    if (verdict.status != 200) return verdict;
    call.recorder.count("kisi", "role_assignments_created");
    Reply reply = kisi_ok(
        to_json(call.model.add(call.organization, std::move(assignment)), call.organization));
    if (has_alias && !is_share) mark_deprecated(call, reply);
    return reply;
}

std::set<KisiId> ids_in(const KisiIndex& index, KisiId key) {
    const auto found = index.find(key);
    return found == index.end() ? std::set<KisiId>() : found->second;
}

Reply list(const KisiCall& call) {
    const Query& query = call.query;
    const std::string_view role = value_of(query, "role_id");
    const std::string_view applies_to_type = value_of(query, "applies_to_type");
    KisiId applies_to = to_id(value_of(query, "applies_to_id"));
    KisiId assignee = to_id(value_of(query, "assignee_id"));
    const bool has_alias = query.count("user_id") + query.count("group_id") > 0;
    if (assignee < 0) assignee = to_id(value_of(query, "user_id"));
    if (applies_to < 0) applies_to = to_id(value_of(query, "group_id"));
    const auto passes = [&](const KisiRoleAssignment& assignment) {
        if (!role.empty() && assignment.role_id != role) return false;
        if (!applies_to_type.empty() && assignment.applies_to_type != applies_to_type) return false;
        if (applies_to >= 0 && assignment.applies_to_id != applies_to) return false;
        return assignee < 0 || assignment.assignee_id == assignee;
    };
    const auto& all = call.organization.role_assignments;
    // By index: a linear search would make the simulator the bottleneck.
    std::optional<std::set<KisiId>> candidates;
    if (assignee >= 0) {
        candidates = ids_in(call.organization.assignments_of_user, assignee);
    } else if (applies_to >= 0) {
        candidates = ids_in(call.organization.assignments_by_place, applies_to);
    }
    const bool takes_all = !candidates && role.empty() && applies_to_type.empty();
    Reply reply = takes_all ? kisi_list(call, all, 10, 250)
                            : kisi_list(call, all, 10, 250, passes, std::move(candidates));
    if (has_alias) mark_deprecated(call, reply);
    return reply;
}

// The documents list role_id and notify only: a window cannot be changed.
Reply update(KisiCall& call, KisiRoleAssignment& assignment) {
    Reply refusal;
    const json body = unwrap(call, "role_assignment", {"role_id", "notify"}, refusal);
    if (body.is_null()) return refusal;
    if (body.contains("role_id")) {
        const std::string role_id = text_in(body, "role_id");
        if (!is_role_for(role_id, assignment.applies_to_type)) {
            return kisi_invalid("role_id", "is not included in the list");
        }
        assignment.role_id = role_id;
    }
    assignment.notify = body.contains("notify") && body["notify"] == true;
    return kisi_no_content();
}

Reply on_one(KisiCall& call) {
    const auto found = call.organization.role_assignments.find(call.id);
    if (found == call.organization.role_assignments.end()) return kisi_not_found();
    const std::string& method = call.request.method;
    if (method == "GET") return kisi_ok(to_json(found->second, call.organization));
    if (method == "PATCH" || method == "PUT") return update(call, found->second);
    if (method != "DELETE") return kisi_method_not_allowed();
    KisiModel::remove_role_assignment(call.organization, call.id);
    call.recorder.count("kisi", "role_assignments_deleted");
    return kisi_no_content();
}

Reply on_all(KisiCall& call, const char* envelope) {
    if (call.request.method == "GET") return list(call);
    return call.request.method == "POST" ? create(call, envelope) : kisi_method_not_allowed();
}

}  // namespace

Reply answer_role_assignments(KisiCall& call) {
    return call.id < 0 ? on_all(call, "role_assignment") : on_one(call);
}

Reply answer_shares(KisiCall& call) {
    return call.id < 0 ? on_all(call, "share") : on_one(call);
}

Reply answer_roles(KisiCall& call) {
    if (call.request.method != "GET" || call.id >= 0) return kisi_method_not_allowed();
    json roles = json::array();
    for (const Role& role : kRoles) {
        roles.push_back({{"id", role.id},
                         {"applies_to", role.applies_to},
                         {"name", role.name},
                         {"custom", false},
                         {"permissions", json::object()}});
    }
    return kisi_ok(roles);
}

}  // namespace gatehouse::simulators
