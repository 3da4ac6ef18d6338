#include "kisi_answer.hpp"

#include <charconv>
#include <cstdint>

#include "kisi_error.hpp"
#include "utc_time.hpp"

namespace gatehouse::kisi {

using sdk::Error;
using sdk::Kind;

namespace {

bool is_off(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && !found->get<bool>();
}

std::optional<std::int64_t> time_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return std::nullopt;
    const auto at_ms = found->is_string() ? parse_time(found->get<std::string>()) : std::nullopt;
    if (!at_ms) throw unreadable("a role assignment's times");
    return at_ms;
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

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

Error unreadable(const std::string& what) {
    return {Kind::kUnavailable, "Kisi's answer is not readable: " + what};
}

Id id_at(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<Id>() : 0;
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

std::optional<GroupRole> to_group_role(const Json& object) {
    if (!object.is_object() || id_at(object, "id") <= 0) throw unreadable("a role assignment");
    const Id user_id = id_at(object, "assignee_id");
    if (sdk::text_at(object, "applies_to_type") != "Group" || user_id <= 0) return std::nullopt;
    const std::string assignee = sdk::text_at(object, "assignee_type", "User");
    if (assignee != "User") return std::nullopt;
    return GroupRole{user_id,
                     {id_at(object, "id"),
                      id_at(object, "applies_to_id"),
                      {time_at(object, "valid_from"), time_at(object, "valid_until")}}};
}

std::int64_t total_of(const sdk::HttpReply& reply) {
    const std::string range = reply.header("x-collection-range");
    const std::size_t slash = range.find('/');
    if (slash == std::string::npos) return -1;
    std::int64_t total = -1;
    const char* end = range.data() + range.size();
    const auto [stop, error] = std::from_chars(range.data() + slash + 1, end, total);
    return error == std::errc{} && stop == end && total >= 0 ? total : -1;
}

bool is_last_page(const sdk::HttpReply& reply, std::size_t offset, std::size_t count,
                  int page_size) {
    const std::int64_t total = total_of(reply);
    if (total < 0) return count < static_cast<std::size_t>(page_size);
    return count == 0 || offset + count >= static_cast<std::size_t>(total);
}

Json read_list(const sdk::HttpReply& reply, const std::string& what) {
    if (reply.status != 200) throw to_error(reply, what);
    Json list = reply.json();
    if (!list.is_array()) throw unreadable(what);
    return list;
}

}  // namespace gatehouse::kisi
