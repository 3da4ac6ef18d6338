#include "kisi_api.hpp"

#include <algorithm>
#include <charconv>

#include "kisi_error.hpp"
#include "utc_time.hpp"

namespace gatehouse::kisi {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr int kMaxPages = 40;
constexpr int kConflict = 409;
constexpr int kUnprocessable = 422;
constexpr int kNotFound = 404;

Error unreadable(const std::string& what) {
    return {Kind::kUnavailable, "Kisi's answer is not readable: " + what};
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string percent_encode(const std::string& text) {
    constexpr const char* kDigits = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = (c >= '0' && c <= '9') ||
                              (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '-' || c == '.' ||
                              c == '_' || c == '~';
        if (is_plain) {
            encoded += c;
        } else {
            encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
        }
    }
    return encoded;
}

Id id_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<Id>() : 0;
}

bool is_off(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && !found->get<bool>();
}

std::optional<User> to_user(const Json& object) {
    if (!object.is_object()) return std::nullopt;
    User user;
    user.id = id_at(object, "id");
    user.email = sdk::text_at(object, "email");
    user.is_enabled = !is_off(object, "access_enabled") && !is_off(object, "scim_access_enabled");
    if (const auto metadata = object.find("metadata"); metadata != object.end()) {
        user.metadata = *metadata;
    }
    if (user.id <= 0 || user.email.empty()) return std::nullopt;
    return user;
}

std::optional<std::int64_t> time_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return std::nullopt;
    const auto at_ms = found->is_string() ? parse_time(found->get<std::string>()) : std::nullopt;
    if (!at_ms) throw unreadable("a role assignment's times");
    return at_ms;
}

// Nothing for a role that is not one of the user in a group.
std::optional<Assignment> to_assignment(const Json& object, Id user_id) {
    if (!object.is_object() || id_at(object, "id") <= 0) throw unreadable("a role assignment");
    if (sdk::text_at(object, "applies_to_type") != "Group" ||
        id_at(object, "assignee_id") != user_id) {
        return std::nullopt;
    }
    return Assignment{id_at(object, "id"),
                      id_at(object, "applies_to_id"),
                      {time_at(object, "valid_from"), time_at(object, "valid_until")}};
}

Json time_or_null(const std::optional<std::int64_t>& at_ms) {
    return at_ms ? Json(format_time(*at_ms)) : Json();
}

// "X-Collection-Range: 0-249/612" tells the total, "*/0" that there is nothing. Without it a short
// page is the last.
bool is_last_page(const sdk::HttpReply& reply, std::size_t offset, std::size_t count) {
    const std::string range = reply.header("x-collection-range");
    const std::size_t slash = range.find('/');
    std::size_t total = 0;
    if (slash != std::string::npos) {
        const char* end = range.data() + range.size();
        const auto [stop, error] = std::from_chars(range.data() + slash + 1, end, total);
        if (error == std::errc{} && stop == end) return count == 0 || offset + count >= total;
    }
    return count < static_cast<std::size_t>(KisiApi::kPageSize);
}

Json read_list(const sdk::HttpReply& reply, const std::string& what) {
    if (reply.status != 200) throw to_error(reply, what);
    Json list = reply.json();
    if (!list.is_array()) throw unreadable(what);
    return list;
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
            if (const auto found = to_assignment(entry, user_id)) all.push_back(*found);
        }
        if (is_last_page(reply, offset, list.size())) return all;
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
                         {"valid_from", time_or_null(window.from_ms)},
                         {"valid_until", time_or_null(window.until_ms)}}}};
    const std::string what = "let the user into group " + std::to_string(group_id);
    const sdk::HttpReply reply = send("POST", "/role_assignments", &body);
    if (reply.status == kConflict || reply.status == kUnprocessable) return to_error(reply, what);
    if (!reply.is_ok()) throw to_error(reply, what);
    const Json object = reply.json();
    if (!object.is_object()) throw unreadable("the new role assignment");
    const auto made = to_assignment(object, user_id);
    if (!made || made->group_id != group_id) throw unreadable("the new role assignment");
    return *made;
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
    is_last = is_last_page(reply, static_cast<std::size_t>(offset), list.size());
    return groups;
}

}  // namespace gatehouse::kisi
