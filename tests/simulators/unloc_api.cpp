#include "simulators/unloc_api.hpp"

#include <utility>

namespace gatehouse::simulators {
namespace {

using nlohmann::json;

Reply not_found() {
    return unloc_problem(404, "Not Found", "There is nothing here");
}

Reply not_allowed() {
    return unloc_problem(405, "Method Not Allowed", "There is no such verb");
}

Reply refused(const std::string& error, const std::string& description) {
    Reply reply;
    reply.status = 401;
    reply.body = json{{"error", error}, {"errorDescription", description}}.dump();
    return reply;
}

std::string bearer_of(const Request& request) {
    constexpr std::string_view kScheme = "Bearer ";
    const std::string& header = request.authorization;
    return header.compare(0, kScheme.size(), kScheme) == 0 ? header.substr(kScheme.size()) : "";
}

bool is(const json& body, const char* member, const std::string& value) {
    const auto found = body.find(member);
    return found != body.end() && *found == value;
}

json shown(const UnlocWebhook& webhook) {
    return {{"id", webhook.id},
            {"trigger", "accessEvent"},
            {"url", webhook.url},
            {"lockId", webhook.lock_id}};
}

}  // namespace

Reply unloc_problem(int status, std::string_view title, std::string_view detail, json params) {
    Reply reply;
    reply.status = status;
    json body = {{"title", title}, {"detail", detail}};
    if (!params.is_null()) body["invalidParams"] = std::move(params);
    reply.body = body.dump();
    reply.content_type = "application/problem+json";
    return reply;
}

Reply unloc_ok(const json& body, int status, std::string_view route) {
    Reply reply;
    reply.status = status;
    if (!body.is_null()) reply.body = body.dump();
    reply.route = route;
    return reply;
}

std::string UnlocApi::error_body(int status) {
    return unloc_problem(status, "Error " + std::to_string(status), "The simulator was told so")
        .body;
}

Reply UnlocApi::answer(const Request& request) {
    // The token's addresses end in a slash, and only theirs.
    if (request.path == "/v2/auth/token/") return give_token(request);
    if (request.path == "/v2/auth/resources-discovery/") return discover(request);
    std::vector<std::string> segments = segments_of(request.path);
    const bool is_project = segments.size() >= 3 && segments[0] == "v2" &&
                            segments[1] == "projects" && request.path.back() != '/';
    if (!is_project) return not_found();
    UnlocProject* project = model_.caller(bearer_of(request));
    if (project == nullptr) return refused("invalid_token", "The token is missing or expired");
    Reply reply;
    if (segments[2] != project->id) {
        reply = unloc_problem(403, "Forbidden", "The token is of another project");
    } else {
        segments.erase(segments.begin(), segments.begin() + 3);
        reply = answer_project(*project, request, segments);
    }
    reply.account = project->id;
    return reply;
}

Reply UnlocApi::give_token(const Request& request) {
    if (request.method != "POST") return not_allowed();
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object()) return unloc_problem(400, "Bad Request", "The body is not JSON");
    for (const auto& [member, value] : body.items()) {
        const bool is_known = member == "grant_type" || member == "client_id" ||
                              member == "client_secret" || member == "scope" ||
                              member == "project_id" || member == "organization_id";
        if (!is_known) return unloc_problem(400, "Bad Request", "Unknown member " + member);
    }
    if (!is(body, "grant_type", "client_credentials") || !is(body, "scope", "project.admin")) {
        return unloc_problem(400, "Bad Request", "grant_type or scope is not supported");
    }
    for (auto& [id, project] : model_.projects()) {
        const bool is_it = is(body, "client_id", project.client_id) &&
                           is(body, "client_secret", project.client_secret) &&
                           is(body, "project_id", id);
        if (!is_it) continue;
        recorder_.count("unloc", "tokens");
        Reply reply = unloc_ok({{"access_token", model_.issue_token(project)},
                                {"token_type", "bearer"},
                                {"expires_in", project.token_s},
                                {"scope", json::array({"project.admin"})},
                                {"project_id", id}},
                               200, "POST /auth/token");
        reply.account = id;
        return reply;
    }
    return refused("invalid_client", "The credentials are not good for this project");
}

Reply UnlocApi::discover(const Request& request) {
    if (request.method != "POST") return not_allowed();
    const json body = json::parse(request.body, nullptr, false);
    json projects = json::array();
    for (const auto& [id, project] : model_.projects()) {
        const bool is_theirs = body.is_object() && is(body, "client_id", project.client_id) &&
                               is(body, "client_secret", project.client_secret);
        if (is_theirs) projects.push_back({{"projectId", id}, {"scope", "project.admin"}});
    }
    if (projects.empty()) return refused("invalid_client", "The credentials are not known");
    const json resources = {{"projects", projects}, {"organizations", json::array()}};
    return unloc_ok({{"resources", resources}}, 200, "POST /auth/resources-discovery");
}

Reply UnlocApi::answer_project(UnlocProject& project, const Request& request,
                               const std::vector<std::string>& rest) {
    if (rest.empty()) {
        if (request.method != "GET") return not_allowed();
        const json shown_project = {
            {"id", project.id}, {"name", project.name}, {"organizationId", "organization"}};
        return unloc_ok({{"project", shown_project}}, 200, "GET /project");
    }
    if (rest[0] == "keys") return answer_keys(project, request, rest);
    if (rest[0] == "webhooks") return answer_webhooks(project, request, rest);
    if (request.method != "GET") return not_allowed();
    if (rest[0] == "locks" && rest.size() == 1) {
        json locks = json::array();
        for (const auto& [id, lock] : project.locks) {
            locks.push_back({{"id", id},
                             {"name", lock.name},
                             {"vendor", "simulated"},
                             {"address", nullptr},
                             {"batteryStatus", {{"batteryLevel", 90}}}});
        }
        return unloc_ok({{"locks", locks}}, 200, "GET /locks");
    }
    if (rest[0] == "jobs" && rest.size() == 2) {
        const auto found = project.jobs.find(rest[1]);
        if (found == project.jobs.end()) return not_found();
        UnlocModel::poll(project, found->second);
        return unloc_ok({{"job", to_json(found->second, project)}}, 200, "GET /jobs/{id}");
    }
    return not_found();
}

Reply UnlocApi::answer_keys(UnlocProject& project, const Request& request,
                            const std::vector<std::string>& rest) {
    if (rest.size() == 1 && request.method == "GET") {
        return list_unloc_keys(project, parse_query(request.query), model_.now_ms());
    }
    if (rest.size() == 1 && request.method == "POST") return create_keys(project, request);
    if (rest.size() != 2) return not_allowed();
    UnlocKey* key = project.key(rest[1]);
    if (key == nullptr) return not_found();
    if (request.method == "GET") {
        return unloc_ok({{"key", to_json(*key, project, model_.now_ms())}}, 200, "GET /keys/{id}");
    }
    if (request.method != "DELETE") return not_allowed();
    const std::string_view state = state_of(*key, model_.now_ms());
    if (state == "expired" || state == "revoked") {
        return unloc_problem(409, "Conflict", "The key is already expired");
    }
    key->is_revoked = true;
    recorder_.count("unloc", "keys_revoked");
    return unloc_ok(nullptr, 204, "DELETE /keys/{id}");
}

Reply UnlocApi::create_keys(UnlocProject& project, const Request& request) {
    if (!project.has_mobile_key) {
        return unloc_problem(403, "Forbidden", "The project has no module mobileKey");
    }
    Reply refusal;
    const UnixMs now_ms = model_.now_ms();
    std::vector<UnlocKey> keys =
        unloc_keys_from(project, json::parse(request.body, nullptr, false), now_ms, refusal);
    if (keys.empty()) return refusal;
    UnlocJob job;
    job.id = model_.new_id();
    job.created_at = format_utc(now_ms);
    job.polls_left = project.job_polls;
    job.outcome = project.job_outcome;
    for (UnlocKey& key : keys) {
        key.id = model_.new_id();
        key.created_at = job.created_at;
        job.key_ids.push_back(key.id);
        project.keys.push_back(std::move(key));
        recorder_.count("unloc", "keys_created");
    }
    const json reference = {{"id", job.id},
                            {"jobType", "createKeys"},
                            {"jobStatusUrl", "/v2/projects/" + project.id + "/jobs/" + job.id}};
    project.jobs[job.id] = std::move(job);
    return unloc_ok({{"jobRef", reference}}, 202, "POST /keys");
}

Reply UnlocApi::answer_webhooks(UnlocProject& project, const Request& request,
                                const std::vector<std::string>& rest) {
    if (rest.size() == 1 && request.method == "POST") return register_webhook(project, request);
    if (rest.size() == 1 && request.method == "GET") {
        json list = json::array();
        for (const UnlocWebhook& webhook : project.webhooks) {
            list.push_back(shown(webhook));
        }
        return unloc_ok({{"webhooks", list}}, 200, "GET /webhooks");
    }
    if (rest.size() != 2 || request.method != "DELETE") return not_allowed();
    const auto count = std::erase_if(
        project.webhooks, [&](const UnlocWebhook& webhook) { return webhook.id == rest[1]; });
    return count == 0 ? not_found() : unloc_ok(nullptr, 204, "DELETE /webhooks/{id}");
}

Reply UnlocApi::register_webhook(UnlocProject& project, const Request& request) {
    const json body = json::parse(request.body, nullptr, false);
    json faults = json::array();
    const auto fault = [&faults](const char* name, const char* reason) {
        faults.push_back({{"name", name}, {"reason", reason}});
    };
    const auto text = [&body](const char* name) {
        return body.is_object() && body.contains(name) && body[name].is_string()
                   ? body[name].get<std::string>()
                   : std::string();
    };
    if (!body.is_object() || body.size() != 3) fault("", "trigger, url and lockId are needed");
    if (text("trigger") != "accessEvent") fault("trigger", "must be accessEvent");
    if (text("url").rfind("https://", 0) != 0) fault("url", "must begin with https");
    if (project.locks.count(text("lockId")) == 0) fault("lockId", "is no lock of the project");
    if (!faults.empty()) {
        return unloc_problem(400, "Bad Request", "The request is not valid", faults);
    }
    project.webhooks.push_back({model_.new_id(), text("lockId"), text("url")});
    recorder_.count("unloc", "webhooks_registered");
    return unloc_ok({{"webhook", shown(project.webhooks.back())}}, 201, "POST /webhooks");
}

}  // namespace gatehouse::simulators
