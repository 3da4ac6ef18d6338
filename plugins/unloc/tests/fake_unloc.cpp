#include "tests/fake_unloc.hpp"

#include <algorithm>

namespace gatehouse::unloc::test {
namespace {

const std::string the_project_url = "https://api.unloc.app/v2/projects/" + the_project;

Json reply(int status, const Json& body = nullptr) {
    return {{"status", status}, {"body", body.is_null() ? "" : body.dump()}};
}

Json problem(int status, const std::string& title) {
    return reply(status, {{"title", title}, {"detail", "as the test wishes"}});
}

std::string parameter(const std::string& query, const std::string& name) {
    const std::size_t at = ("&" + query).find("&" + name + "=");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 1;
    std::string value = query.substr(begin, query.find('&', begin) - begin);
    if (value.starts_with("%2B")) value.replace(0, 3, "+");
    return value;
}

bool is_live(const Json& key) {
    return key["state"] != "revoked" && key["state"] != "expired" && key["state"] != "error";
}

}  // namespace

FakeUnloc::FakeUnloc(const std::string& default_country) {
    host.on_http([this](const Json& request) { return answer(request); });
    Json settings = {{"client_id", "client"},
                     {"client_secret", "{{secret:client_secret}}"},
                     {"project_id", the_project}};
    if (!default_country.empty()) settings["default_country"] = default_country;
    host.create(gatehouse_entry_v1, settings);
}

Outcome FakeUnloc::apply(const std::string& rental, const std::string& state,
                         const Strings& targets, const Json& references, const Json& from,
                         const Json& until) {
    return host.call("access.apply", {{"schema", 1},
                                      {"rental",
                                       {{"id", rental},
                                        {"unit_id", "u1"},
                                        {"unit_name", "A12"},
                                        {"site_id", "s1"},
                                        {"business", "acme"}}},
                                      {"renter",
                                       {{"id", "o1"},
                                        {"name", "Ada Example"},
                                        {"email", ""},
                                        {"phone", phone},
                                        {"language", "en"}}},
                                      {"state", state},
                                      {"targets", targets},
                                      {"window", {{"from", from}, {"until", until}}},
                                      {"credential", nullptr},
                                      {"references", references},
                                      {"reasons", {"occupied"}}});
}

Outcome FakeUnloc::settle(const std::string& rental, const std::string& state,
                          const Strings& targets, Json references, const Json& from,
                          const Json& until, int limit) {
    Outcome outcome;
    for (int i = 0; i < limit; ++i) {
        outcome = apply(rental, state, targets, references, from, until);
        if (outcome.kind != 0 || outcome.document["state"] != "pending") return outcome;
        references = outcome.document["references"];
    }
    return outcome;
}

Json FakeUnloc::add_key(const std::string& lock, const Json& metadata, const Json& start,
                        const Json& end, const std::string& owner) {
    keys.push_back({{"id", "key-" + std::to_string(next_id_++)},
                    {"lockId", lock},
                    {"appUser", {{"id", owner}, {"name", ""}}},
                    {"start", start},
                    {"end", end},
                    {"created", "2026-01-01T00:00:00.000Z"},
                    {"state", "active"},
                    {"metadata", metadata}});
    return keys.back();
}

Strings FakeUnloc::take_asked() {
    return std::exchange(asked_, {});
}

Strings FakeUnloc::live() const {
    Strings all;
    for (const Json& key : keys) {
        if (!is_live(key) || key["state"] == "creating") continue;
        std::string text = key["lockId"] == the_lock_a ? "A " : "B ";
        text += key["appUser"]["id"].get<std::string>();
        const bool has_window = !key["start"].is_null() || !key["end"].is_null();
        if (has_window) {
            text += " " + (key["start"].is_null() ? "" : key["start"].get<std::string>()) + ".." +
                    (key["end"].is_null() ? "" : key["end"].get<std::string>());
        }
        all.push_back(text);
    }
    return all;
}

Json FakeUnloc::answer(const Json& request) {
    const std::string url = request["url"];
    const std::string method = request["method"];
    if (url == "https://api.unloc.app/v2/auth/token/") {
        good_token = "token-" + std::to_string(++tokens);
        if (intercept) {
            if (auto given = intercept("POST token", request)) return *given;
        }
        return reply(200, {{"access_token", good_token},
                           {"token_type", "bearer"},
                           {"expires_in", 3600},
                           {"scope", Json::array({"project.admin"})}});
    }
    if (!url.starts_with(the_project_url)) return reply(404);
    const std::string path = url.substr(the_project_url.size());
    const std::string what = method + " " + path.substr(0, path.find('?'));
    asked_.push_back(what);
    if (intercept) {
        if (auto given = intercept(what, request)) return *given;
    }
    for (const Json& header : request["headers"]) {
        if (header[0] == "Authorization" && header[1] != "Bearer " + good_token) {
            return reply(401, {{"error", "invalid_token"}, {"errorDescription", "expired"}});
        }
    }
    if (path.empty()) return reply(200, {{"project", {{"id", the_project}, {"name", "Harbour"}}}});
    if (path == "/locks") {
        const Json locks = Json::array({Json{{"id", the_lock_a}, {"name", "North gate"}},
                                        Json{{"id", the_lock_b}, {"name", "A12"}}});
        return reply(200, {{"locks", locks}});
    }
    if (path == "/webhooks" && method == "GET") return reply(200, {{"webhooks", webhooks}});
    if (path == "/webhooks") {
        webhooks.push_back(Json::parse(request["body"].get<std::string>()));
        return reply(201, {{"webhook", webhooks.back()}});
    }
    if (path.starts_with("/jobs/")) return poll(path.substr(6));
    if (!path.starts_with("/keys")) return reply(404);
    const std::string body = request.value("body", "");
    return answer_keys(method, path.substr(5), body.empty() ? Json() : Json::parse(body));
}

Json FakeUnloc::answer_keys(const std::string& method, const std::string& rest, const Json& body) {
    if (method == "POST") return create(body);
    if (method == "DELETE") return erase(rest.substr(1));
    if (rest.starts_with("?")) return list(rest.substr(1));
    for (const Json& key : keys) {
        if ("/" + key["id"].get<std::string>() == rest) return reply(200, {{"key", shown(key)}});
    }
    return problem(404, "not found");
}

Json FakeUnloc::create(const Json& body) {
    for (const Json& wish : body["keys"]) {
        for (const Json& key : keys) {
            if (!takes_second_key && is_live(key) && key["lockId"] == wish["lockId"] &&
                key["appUser"]["id"] == wish["appUserId"]) {
                return problem(409, "the person has a key");
            }
        }
    }
    const std::string id = "job-" + std::to_string(next_id_++);
    Json ids = Json::array();
    for (const Json& wish : body["keys"]) {
        add_key(wish["lockId"], wish["metadata"], wish.value("start", Json()),
                wish.value("end", Json()), wish["appUserId"]);
        keys.back()["state"] = "creating";
        ids.push_back(keys.back()["id"]);
    }
    jobs[id] = {{"polls", job_polls}, {"ids", ids}, {"outcome", job_outcome}};
    return reply(202, {{"jobRef", {{"id", id}, {"jobType", "createKeys"}, {"jobStatusUrl", ""}}}});
}

Json FakeUnloc::poll(const std::string& id) {
    const auto found = jobs.find(id);
    if (found == jobs.end()) return problem(404, "not found");
    Json& job = found->second;
    const int left = job["polls"];
    const std::string outcome = job["outcome"];
    std::string status = left > 0 ? "inProgress" : outcome;
    job["polls"] = left - 1;
    Json created = Json::array();
    for (Json& key : keys) {
        const auto& ids = job["ids"];
        if (left > 0 || std::find(ids.begin(), ids.end(), key["id"]) == ids.end()) continue;
        if (key["state"] == "creating") key["state"] = outcome == "succeeded" ? "active" : "error";
        if (created_shape == "key") created.push_back({{"key", {{"id", key["id"]}}}});
        if (created_shape != "key") created.push_back({{created_shape, key["id"]}});
    }
    Json object = {{"id", id}, {"type", "createKeys"}, {"status", status}};
    if (status != "succeeded" && left <= 0) object["failureReason"] = "the lock said no";
    object["resultData"] = {{"createdKeys", created}};
    return reply(200, {{"job", object}});
}

void FakeUnloc::let_jobs_go_on() {
    for (const auto& [id, job] : jobs) {
        poll(id);
    }
}

Json FakeUnloc::erase(const std::string& id) {
    for (Json& key : keys) {
        if (key["id"] != id) continue;
        if (key["state"] == "expired") return problem(409, "expired");
        if (key["state"] == "revoked") return problem(404, "not found");
        key["state"] = "revoked";
        return reply(204);
    }
    return problem(404, "not found");
}

Json FakeUnloc::shown(Json key) const {
    if (!shows_metadata) key.erase("metadata");
    return key;
}

Json FakeUnloc::list(const std::string& query) const {
    const std::string owner = parameter(query, "appUserId");
    const std::string after = parameter(query, "startAfterId");
    const auto limit = static_cast<std::size_t>(std::stoi(parameter(query, "limit")));
    Json page = Json::array();
    bool is_past = after.empty();
    for (const Json& key : keys) {
        const bool fits = (owner.empty() || key["appUser"]["id"] == owner) && lists_new_keys;
        if (is_past && fits && page.size() < limit) page.push_back(shown(key));
        is_past = is_past || key["id"] == after;
    }
    return reply(200, {{"keys", page}});
}

}  // namespace gatehouse::unloc::test
