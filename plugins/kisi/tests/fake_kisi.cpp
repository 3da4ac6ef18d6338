#include "tests/fake_kisi.hpp"

#include <algorithm>

namespace gatehouse::kisi::test {
namespace {

Json ok(const Json& body) {
    return {{"status", 200}, {"body", body.dump()}};
}
Json no_content() {
    return {{"status", 204}, {"body", ""}};
}

Json error(int status) {
    return {{"status", status}, {"body", R"({"error":"Not found","code":"ffffff"})"}};
}

Json invalid(const std::string& field, const std::string& text) {
    return {{"status", 422}, {"body", Json{{"errors", {{field, {text}}}}}.dump()}};
}

std::string parameter(const std::string& query, const std::string& name) {
    const std::size_t at = ("&" + query).find("&" + name + "=");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 1;
    return query.substr(begin, query.find('&', begin) - begin);
}

std::string decoded(std::string text) {
    for (const auto& [code, plain] : {std::pair{"%40", "@"}, {"%2B", "+"}}) {
        for (std::size_t at = text.find(code); at != std::string::npos; at = text.find(code)) {
            text.replace(at, 3, plain);
        }
    }
    return text;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

}  // namespace

FakeKisi::FakeKisi() {
    host.on_http([this](const Json& request) { return answer(request); });
    host.create(gatehouse_entry_v1, {{"api_key", "{{secret:api_key}}"}});
}

Json FakeKisi::add_user(const std::string& email, const Json& metadata) {
    const int id = next_id_++;
    users[id] = {{"id", id},
                 {"resource_type", "User"},
                 {"email", email},
                 {"name", "Ada"},
                 {"access_enabled", true},
                 {"scim_access_enabled", true},
                 {"metadata", metadata}};
    return users[id];
}

Json FakeKisi::add_assignment(int user_id, int group_id, const Json& from, const Json& until,
                              const std::string& role) {
    const int id = next_id_++;
    assignments[id] = {{"id", id},
                       {"resource_type", "RoleAssignment"},
                       {"assignee_type", "User"},
                       {"assignee_id", user_id},
                       {"applies_to_type", "Group"},
                       {"applies_to_id", group_id},
                       {"role_id", role},
                       {"valid_from", from},
                       {"valid_until", until}};
    return assignments[id];
}

std::vector<std::string> FakeKisi::take_asked() {
    return std::exchange(asked_, {});
}

int FakeKisi::writes_asked() const {
    return static_cast<int>(std::ranges::count_if(
        asked_, [](const std::string& one) { return !one.starts_with("GET"); }));
}

std::vector<std::string> FakeKisi::roles() const {
    std::vector<std::string> all;
    for (const auto& [id, one] : assignments) {
        std::string text = one["assignee_id"].dump() + "/" + one["applies_to_id"].dump();
        if (!one["valid_from"].is_null() || !one["valid_until"].is_null()) {
            text += " " + (one["valid_from"].is_null() ? "" : one["valid_from"].get<std::string>());
            text +=
                ".." + (one["valid_until"].is_null() ? "" : one["valid_until"].get<std::string>());
        }
        all.push_back(text);
    }
    return all;
}

Outcome FakeKisi::apply(const std::string& rental, const std::string& state,
                        const std::vector<std::string>& targets, const Json& references,
                        const Json& from, const Json& until, const std::string& email) {
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
                                        {"email", email},
                                        {"phone", ""},
                                        {"language", "en"}}},
                                      {"state", state},
                                      {"targets", targets},
                                      {"window", {{"from", from}, {"until", until}}},
                                      {"credential", nullptr},
                                      {"references", references},
                                      {"reasons", {"occupied"}}});
}

Json FakeKisi::answer(const Json& request) {
    const std::string url = request["url"].get<std::string>();
    const std::string path = url.substr(std::string("https://api.kisi.io").size());
    const std::string what = request["method"].get<std::string>() + " " + path;
    asked_.push_back(what.substr(0, what.find('?')));
    if (intercept) {
        if (auto reply = intercept(what, request)) return *reply;
    }
    const std::string body_text = request.value("body", "");
    const Json body = body_text.empty() ? Json() : Json::parse(body_text);
    const std::string method = request["method"];
    if (path == "/user") return ok({{"id", 1}, {"email", "owner@example.com"}});
    if (path.starts_with("/users")) return answer_users(method, path.substr(6), body);
    if (path.starts_with("/role_assignments")) {
        return answer_assignments(method, path.substr(17), body);
    }
    if (path.starts_with("/integrations")) {
        return answer_integrations(method, path.substr(13), body);
    }
    if (path.starts_with("/event_sets")) return answer_event_sets(method, path.substr(11));
    if (path.starts_with("/groups?")) {
        std::vector<Json> all;
        const std::string lock = parameter(path.substr(8), "lock_id");
        const std::vector<int>& wanted = lock.empty() ? groups : groups_of_lock[std::stoi(lock)];
        all.reserve(wanted.size());
        for (const int id : wanted) {
            all.push_back({{"id", id}, {"name", "Group " + std::to_string(id)}});
        }
        return list(all, path.substr(8));
    }
    return error(404);
}

Json FakeKisi::answer_users(const std::string& method, const std::string& rest, const Json& body) {
    if (rest.empty() && method == "POST") {
        const Json& user = body["user"];
        for (const auto& [id, known] : users) {
            if (lower(known["email"]) == lower(user["email"])) {
                return invalid("email", "has already been taken");
            }
        }
        return ok(add_user(user["email"], user["metadata"]));
    }
    if (rest.starts_with("?") && !parameter(rest.substr(1), "ids").empty()) {
        const std::string ids = "," + parameter(rest.substr(1), "ids") + ",";
        Json found = Json::array();
        for (const auto& [id, user] : users) {
            if (ids.find("," + std::to_string(id) + ",") != std::string::npos) {
                found.push_back(user);
            }
        }
        return ok(found);
    }
    if (rest.starts_with("?")) {
        Json found = Json::array();
        const std::string email = lower(decoded(parameter(rest.substr(1), "email")));
        for (const auto& [id, user] : users) {
            if (lower(user["email"]) == email) found.push_back(user);
        }
        return ok(found);
    }
    const auto user = users.find(std::stoi(rest.substr(1)));
    if (user == users.end()) return error(404);
    if (method == "GET") return ok(user->second);
    user->second["metadata"] = body["user"]["metadata"];
    return no_content();
}

Json FakeKisi::answer_assignments(const std::string& method, const std::string& rest,
                                  const Json& body) {
    if (method == "GET") {
        std::vector<const Json*> all;
        const std::string assignee = parameter(rest.substr(1), "assignee_id");
        const std::string group = parameter(rest.substr(1), "applies_to_id");
        for (const auto& [id, one] : assignments) {
            const bool is_wanted = (assignee.empty() || one["assignee_id"].dump() == assignee) &&
                                   (group.empty() || one["applies_to_id"].dump() == group);
            if (is_wanted) all.push_back(&one);
        }
        return list(all, rest.substr(1));
    }
    if (method == "DELETE") {
        return assignments.erase(std::stoi(rest.substr(1))) > 0 ? no_content() : error(404);
    }
    const Json& wish = body["role_assignment"];
    if (std::ranges::find(groups, wish["applies_to_id"].get<int>()) == groups.end()) {
        return invalid("applies_to_id", "must exist");
    }
    for (const auto& [id, one] : assignments) {
        if (one["assignee_id"] == wish["assignee_id"] &&
            one["applies_to_id"] == wish["applies_to_id"]) {
            return invalid("assignee_id", "already has a role here");
        }
    }
    return ok(add_assignment(wish["assignee_id"], wish["applies_to_id"], wish["valid_from"],
                             wish["valid_until"], wish["role_id"]));
}

Json FakeKisi::answer_integrations(const std::string& method, const std::string& rest,
                                   const Json& body) {
    if (method == "POST") {
        const int id = next_id_++;
        Json made = body["integration"];
        made["id"] = id;
        made["disabled_due_to_error"] = false;
        return ok(integrations[id] = made);
    }
    if (rest.starts_with("?")) {
        std::vector<Json> all;
        for (const auto& [id, one] : integrations) {
            all.push_back(one);
        }
        return list(all, rest.substr(1));
    }
    const auto found = integrations.find(std::stoi(rest.substr(1)));
    if (found == integrations.end()) return error(404);
    if (method == "GET") return ok(found->second);
    found->second.update(body["integration"]);
    found->second["disabled_due_to_error"] = false;
    return no_content();
}

// One set, number 77: in progress until it was polled often enough, then read by pages.
Json FakeKisi::answer_event_sets(const std::string& method, const std::string& rest) {
    if (method == "POST") polls_ = 0;
    if (method == "GET") ++polls_;
    Json set = {{"id", 77}, {"status", "in_progress"}, {"events", Json::array()}};
    if (polls_ < polls_until_ready) return ok(set);
    set["status"] = "finished";
    const std::string cursor = method == "POST" ? "" : parameter(rest.substr(4), "cursor");
    const std::size_t begin = cursor.empty() ? 0 : std::stoul(cursor);
    const std::size_t end = std::min(history.size(), begin + history_page);
    for (std::size_t i = begin; i < end; ++i) {
        set["events"].push_back(history[i]);
    }
    if (end < history.size()) set["cursor"] = std::to_string(end);
    return ok(set);
}

Json FakeKisi::list(const std::vector<Json>& all, const std::string& query) const {
    std::vector<const Json*> entries;
    entries.reserve(all.size());
    for (const Json& entry : all) {
        entries.push_back(&entry);
    }
    return list(entries, query);
}

Json FakeKisi::list(const std::vector<const Json*>& all, const std::string& query) const {
    const auto limit = static_cast<std::size_t>(std::stoi(parameter(query, "limit")));
    const auto offset = static_cast<std::size_t>(std::stoi(parameter(query, "offset")));
    if (offset > 20'000) return error(400);
    Json page = Json::array();
    for (std::size_t i = offset; i < std::min(all.size(), offset + limit); ++i) {
        page.push_back(*all[i]);
    }
    Json reply = ok(page);
    if (has_ranges) {
        const std::string range = all.empty() ? "*/0"
                                              : std::to_string(offset) + "-" +
                                                    std::to_string(offset + limit - 1) + "/" +
                                                    std::to_string(all.size());
        reply["headers"] = Json::array({Json::array({"x-collection-range", range})});
    }
    return reply;
}

}  // namespace gatehouse::kisi::test
