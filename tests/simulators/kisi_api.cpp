#include "simulators/kisi_api.hpp"

#include <utility>
#include <vector>

#include "simulators/kisi_call.hpp"
#include "simulators/query.hpp"

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

constexpr std::size_t kRequestsPerSecond = 5;
constexpr std::int64_t kSecondNs = 1'000'000'000;

struct Resource {
    std::string_view name;
    Reply (*answer)(KisiCall&);
    bool is_deprecated;
    // Labels for the counters, by verb: of the collection, of one object.
    std::string_view get_all, post, get, patch, erase;
};

constexpr Resource kResources[] = {
    {"users", answer_users, false, "GET /users", "POST /users", "GET /users/{id}",
     "PATCH /users/{id}", "DELETE /users/{id}"},
    {"members", answer_users, true, "GET /members", "POST /members", "GET /members/{id}",
     "PATCH /members/{id}", "DELETE /members/{id}"},
    {"role_assignments", answer_role_assignments, false, "GET /role_assignments",
     "POST /role_assignments", "GET /role_assignments/{id}", "PATCH /role_assignments/{id}",
     "DELETE /role_assignments/{id}"},
    {"shares", answer_shares, true, "GET /shares", "POST /shares", "GET /shares/{id}",
     "PATCH /shares/{id}", "DELETE /shares/{id}"},
    {"roles", answer_roles, false, "GET /roles", "POST /roles", "GET /roles/{id}",
     "PATCH /roles/{id}", "DELETE /roles/{id}"},
    {"groups", answer_groups, false, "GET /groups", "POST /groups", "GET /groups/{id}",
     "PATCH /groups/{id}", "DELETE /groups/{id}"},
    {"group_locks", answer_group_locks, false, "GET /group_locks", "POST /group_locks",
     "GET /group_locks/{id}", "PATCH /group_locks/{id}", "DELETE /group_locks/{id}"},
    {"locks", answer_locks, false, "GET /locks", "POST /locks", "GET /locks/{id}",
     "PATCH /locks/{id}", "DELETE /locks/{id}"},
    {"integrations", answer_integrations, false, "GET /integrations", "POST /integrations",
     "GET /integrations/{id}", "PATCH /integrations/{id}", "DELETE /integrations/{id}"},
    {"event_sets", answer_event_sets, false, "GET /event_sets", "POST /event_sets",
     "GET /event_sets/{id}", "PATCH /event_sets/{id}", "DELETE /event_sets/{id}"},
};

const Resource* resource_named(std::string_view name) {
    for (const Resource& resource : kResources) {
        if (resource.name == name) return &resource;
    }
    return nullptr;
}

std::string_view label(const Resource& resource, const std::string& method, bool has_id,
                       bool has_action) {
    if (has_action) return "POST /locks/{id}/{action}";
    if (method == "GET") return has_id ? resource.get : resource.get_all;
    if (method == "POST") return resource.post;
    return method == "DELETE" ? resource.erase : resource.patch;
}

Reply denied() {
    return kisi_error(401, "Access denied", "afc496");
}

std::string secret_of(const Request& request) {
    constexpr std::string_view kScheme = "KISI-LOGIN ";
    const std::string& header = request.authorization;
    if (header.compare(0, kScheme.size(), kScheme) != 0) return {};
    return header.substr(kScheme.size());
}

KisiOrganization* find_by_owner(KisiModel& model, const json& user) {
    const std::string email = user.contains("email") && user["email"].is_string()
                                  ? to_lower(user["email"].get<std::string>())
                                  : std::string();
    for (auto& [name, organization] : model.organizations()) {
        if (user.contains("domain") && user["domain"] != name) continue;
        const KisiUser& owner = organization.users[organization.owner_id];
        const bool is_it = owner.email == email && user.contains("password") &&
                           user["password"] == organization.owner_password;
        if (is_it) return &organization;
    }
    return nullptr;
}

// The one call without a login: it makes one.
Reply sign_in(KisiModel& model, const Request& request) {
    const json body = json::parse(request.body, nullptr, false);
    const bool is_enveloped = body.is_object() && body.contains("user") &&
                              body["user"].is_object() && body.contains("login");
    if (!is_enveloped) return kisi_error(400, "Parameter missing: login", "ffffff");
    KisiOrganization* organization = find_by_owner(model, body["user"]);
    if (organization == nullptr) {
        return kisi_error(401, "Email or password is incorrect", "afc516");
    }
    const KisiId id = model.new_id();
    const std::string secret = "login-secret-" + std::to_string(id);
    model.add_secret(secret, {organization, organization->owner_id});
    Reply reply = kisi_ok({{"id", id},
                           {"resource_type", "Login"},
                           {"type", "device"},
                           {"user_id", organization->owner_id},
                           {"organization_id", organization->id},
                           {"secret", secret}});
    reply.account = organization->name;
    return reply;
}

Reply answer_resource(KisiCall& call, const std::vector<std::string>& segments) {
    const Resource* resource = segments.empty() ? nullptr : resource_named(segments[0]);
    if (resource == nullptr || segments.size() > 3) return kisi_not_found();
    if (segments.size() > 1) {
        call.id = to_id(segments[1]);
        if (call.id < 0) return kisi_not_found();
    }
    if (segments.size() > 2) {
        if (resource->name != "locks" || call.request.method != "POST") return kisi_not_found();
        call.action = segments[2];
    }
    Reply reply = resource->answer(call);
    reply.route = label(*resource, call.request.method, call.id >= 0, !call.action.empty());
    if (resource->is_deprecated) mark_deprecated(call, reply);
    return reply;
}

}  // namespace

Reply KisiApi::answer(const Request& request) {
    const std::vector<std::string> segments = segments_of(request.path);
    const bool is_single = segments.size() == 1;
    if (is_single && segments[0] == "logins" && request.method == "POST") {
        Reply reply = sign_in(model_, request);
        reply.route = "POST /logins";
        return reply;
    }
    const std::string secret = secret_of(request);
    const KisiCaller caller = model_.caller(secret);
    if (caller.organization == nullptr) return denied();
    KisiOrganization& organization = *caller.organization;
    Reply reply;
    if (is_rate_limited_ && is_too_fast(caller.user_id)) {
        recorder_.count("kisi", "rate_limited");
        reply = kisi_error(429, "Too many requests", "ffffff");
        reply.route = "too fast";
    } else if (is_single && segments[0] == "user" && request.method == "GET") {
        reply = kisi_ok(to_json(organization.users[caller.user_id], organization));
        reply.route = "GET /user";
    } else if (is_single && segments[0] == "login" && request.method == "DELETE") {
        model_.remove_secret(secret);
        reply = kisi_no_content();
        reply.route = "DELETE /login";
    } else {
        KisiCall call{
            model_, recorder_, organization, caller.user_id, request, parse_query(request.query),
            -1,     ""};
        reply = answer_resource(call, segments);
    }
    reply.account = organization.name;
    return reply;
}

std::string KisiApi::error_body(int status) {
    if (status == 422) return kisi_invalid("base", "simulated failure").body;
    if (status == 429) return kisi_error(429, "Too many requests", "ffffff").body;
    return kisi_error(status, "Simulated failure", "ffffff").body;
}

bool KisiApi::is_too_fast(KisiId user_id) {
    std::deque<std::int64_t>& recent = recent_ns_[user_id];
    const std::int64_t now_ns = clock_.steady_ns();
    while (!recent.empty() && now_ns - recent.front() >= kSecondNs) {
        recent.pop_front();
    }
    if (recent.size() >= kRequestsPerSecond) return true;
    recent.push_back(now_ns);
    return false;
}

}  // namespace gatehouse::simulators
