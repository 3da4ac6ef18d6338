#include "kisi_api.hpp"

#include <algorithm>
#include <charconv>

#include "kisi_answer.hpp"
#include "kisi_error.hpp"

namespace gatehouse::kisi {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr int kMaxPages = 40;
constexpr int kConflict = 409;
constexpr int kUnprocessable = 422;
constexpr int kNotFound = 404;

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool is_same_email(const std::string& a, const std::string& b) {
    return std::ranges::equal(a, b, [](char x, char y) { return to_lower(x) == to_lower(y); });
}

sdk::HttpReply KisiApi::send(const std::string& method, const std::string& path, const Json* body) {
    sdk::HttpRequest request;
    request.method = method;
    request.url = base_url_ + path;
    request.header("Authorization", "KISI-LOGIN " + api_key_).header("Accept", "application/json");
    if (body != nullptr) {
        request.json(*body);
    } else {
        request.header("Content-Type", "application/json");
    }
    return http_.send(request);
}

std::string KisiApi::caller() {
    const sdk::HttpReply reply = send("GET", "/user");
    if (reply.status != 200) throw to_error(reply, "say whose key this is");
    const auto user = to_user(reply.json());
    if (!user) throw unreadable("the key's user");
    return user->email;
}

std::optional<User> KisiApi::find_user(const std::string& email) {
    const Json list =
        read_list(send("GET", "/users?email=" + percent_encode(email)), "find the user");
    for (const Json& entry : list) {
        auto user = to_user(entry);
        if (!user) throw unreadable("a user");
        if (is_same_email(user->email, email)) return user;
    }
    return std::nullopt;
}

std::optional<User> KisiApi::user(Id id) {
    const sdk::HttpReply reply = send("GET", "/users/" + std::to_string(id));
    if (reply.status == kNotFound) return std::nullopt;
    if (reply.status != 200) throw to_error(reply, "read the user");
    auto user = to_user(reply.json());
    if (!user || user->id != id) throw unreadable("the user");
    return user;
}

std::variant<User, Error> KisiApi::create_user(const std::string& email, const std::string& name,
                                               const Json& metadata) {
    const Json body = {{"user",
                        {{"email", email},
                         {"name", name},
                         {"send_emails", false},
                         {"confirm", true},
                         {"metadata", metadata}}}};
    const sdk::HttpReply reply = send("POST", "/users", &body);
    if (reply.status == kConflict || reply.status == kUnprocessable) {
        return to_error(reply, "create the user");
    }
    if (!reply.is_ok()) throw to_error(reply, "create the user");
    auto user = to_user(reply.json());
    if (!user || !is_same_email(user->email, email)) throw unreadable("the new user");
    return *user;
}

void KisiApi::set_metadata(Id user_id, const Json& metadata) {
    const Json body = {{"user", {{"metadata", metadata}}}};
    const sdk::HttpReply reply = send("PATCH", "/users/" + std::to_string(user_id), &body);
    if (!reply.is_ok()) throw to_error(reply, "note on the user what the rental needs");
}

std::vector<Assignment> KisiApi::assignments(Id user_id) {
    std::vector<Assignment> all;
    std::size_t offset = 0;
    for (int page = 0; page < kMaxPages; ++page) {
        const sdk::HttpReply reply = send(
            "GET", "/role_assignments?assignee_type=User&assignee_id=" + std::to_string(user_id) +
                       "&limit=" + std::to_string(kPageSize) + "&offset=" + std::to_string(offset));
        const Json list = read_list(reply, "list the user's roles");
        for (const Json& entry : list) {
            const auto found = to_group_role(entry);
            if (found && found->user_id == user_id) all.push_back(found->assignment);
        }
        if (is_last_page(reply, offset, list.size(), kPageSize)) return all;
        offset += list.size();
    }
    throw Error(Kind::kInternal, "the user holds more roles than can be read");
}

std::variant<Assignment, Error> KisiApi::assign(Id user_id, Id group_id, const Window& window) {
    const Json body = {{"role_assignment",
                        {{"assignee_type", "User"},
                         {"assignee_id", user_id},
                         {"applies_to_type", "Group"},
                         {"applies_to_id", group_id},
                         {"role_id", "group_basic"},
                         {"notify", false},
                         {"valid_from", sdk::time_or_null(window.from_ms)},
                         {"valid_until", sdk::time_or_null(window.until_ms)}}}};
    const std::string what = "let the user into group " + std::to_string(group_id);
    const sdk::HttpReply reply = send("POST", "/role_assignments", &body);
    if (reply.status == kConflict || reply.status == kUnprocessable) return to_error(reply, what);
    if (!reply.is_ok()) throw to_error(reply, what);
    const Json object = reply.json();
    if (!object.is_object()) throw unreadable("the new role assignment");
    const auto made = to_group_role(object);
    if (!made || made->user_id != user_id || made->assignment.group_id != group_id) {
        throw unreadable("the new role assignment");
    }
    return made->assignment;
}

bool KisiApi::remove_assignment(Id id) {
    const sdk::HttpReply reply = send("DELETE", "/role_assignments/" + std::to_string(id));
    if (reply.status == kNotFound) return false;
    if (!reply.is_ok()) throw to_error(reply, "take the role away");
    return true;
}

std::vector<Group> KisiApi::groups(int offset, bool& is_last) {
    const sdk::HttpReply reply = send(
        "GET", "/groups?limit=" + std::to_string(kPageSize) + "&offset=" + std::to_string(offset));
    const Json list = read_list(reply, "list the groups");
    std::vector<Group> groups;
    for (const Json& entry : list) {
        if (!entry.is_object() || id_at(entry, "id") <= 0) throw unreadable("a group");
        groups.push_back({id_at(entry, "id"), sdk::text_at(entry, "name")});
    }
    is_last = is_last_page(reply, static_cast<std::size_t>(offset), list.size(), kPageSize);
    return groups;
}

}  // namespace gatehouse::kisi
