#include "inventory.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <string_view>

namespace gatehouse::kisi {
namespace {

constexpr int kGroupsAtOnce = 8;

// Where a page begins.
struct Place {
    int group = -1;  // below 0: in the list of all roles
    int offset = 0;
};

bool read_number(std::string_view text, int& number) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && stop == text.data() + text.size() && number >= 0 &&
           number <= KisiApi::kMaxOffset;
}

Place parse_place(const std::string& cursor) {
    Place place;
    if (cursor.empty()) return place;
    const std::size_t slash = cursor.find('/');
    const std::string_view text(cursor);
    const bool is_read = slash == std::string::npos
                             ? read_number(text, place.offset)
                             : read_number(text.substr(0, slash), place.group) &&
                                   read_number(text.substr(slash + 1), place.offset);
    if (!is_read) {
        throw sdk::Error("the cursor is not one of this plugin", {{"cursor", "is unusable"}});
    }
    return place;
}

Json to_cursor(const Place& place) {
    if (std::max(place.group, place.offset) > KisiApi::kMaxOffset) {
        throw sdk::Error(sdk::Kind::kUnsupported,
                         "Kisi lists no more than 20000 roles of a group, and no more groups");
    }
    const std::string offset = std::to_string(place.offset);
    return place.group < 0 ? offset : std::to_string(place.group) + "/" + offset;
}

const char* state_of(const User& user, const Window& window, std::int64_t now_ms) {
    if (window.until_ms && *window.until_ms <= now_ms) return "ended";
    if (!user.is_enabled) return "suspended";
    return window.from_ms && *window.from_ms > now_ms ? "scheduled" : "active";
}

// One entry for each rental that claims the group, or one without a rental.
void add_entries(const User& user, const Assignment& role, std::int64_t now_ms, Json& grants) {
    Json entry = {{"target", "group:" + std::to_string(role.group_id)},
                  {"state", state_of(user, role.window, now_ms)},
                  {"renter", {{"email", user.email}, {"phone", nullptr}, {"name", nullptr}}},
                  {"window", to_json(role.window)},
                  {"references",
                   {{"user_id", user.id},
                    {"assignments", {{std::to_string(role.group_id), role.id}}},
                    {"foreign", Json::array()}}}};
    const Claims claims(user.metadata);
    bool is_claimed = false;
    for (const auto& [rental_id, claim] : claims.by_rental()) {
        if (!claim.groups.contains(role.group_id)) continue;
        is_claimed = true;
        entry["rental"] = rental_id;
        entry["business"] = claim.business.empty() ? Json() : Json(claim.business);
        grants.push_back(entry);
    }
    if (!is_claimed) grants.push_back(entry);
}

Json to_page(KisiApi& api, const std::vector<GroupRole>& roles, Json next, std::int64_t now_ms) {
    std::set<Id> ids;
    for (const GroupRole& role : roles) {
        ids.insert(role.user_id);
    }
    std::map<Id, User> users;
    for (User& user : api.users(ids)) {
        const Id id = user.id;
        users.emplace(id, std::move(user));
    }
    Json grants = Json::array();
    for (const GroupRole& role : roles) {
        const auto user = users.find(role.user_id);
        // Gone between the two requests: so is the role.
        if (user != users.end()) add_entries(user->second, role.assignment, now_ms, grants);
    }
    return {{"schema", 1}, {"grants", std::move(grants)}, {"next_cursor", std::move(next)}};
}

// About a page of roles, of as many groups as it takes.
Json page_by_groups(KisiApi& api, Place place, std::int64_t now_ms) {
    bool is_last = true;
    const std::vector<Id> groups = api.group_ids(place.group, kGroupsAtOnce, is_last);
    std::vector<GroupRole> roles;
    auto group = groups.begin();
    while (group != groups.end() && std::ssize(roles) < KisiApi::kPageSize) {
        const RolePage page = api.roles_in(*group, place.offset);
        std::ranges::copy_if(page.roles, std::back_inserter(roles), [&](const GroupRole& role) {
            return role.assignment.group_id == *group;
        });
        if (page.is_last || page.count == 0) {
            ++group;
            ++place.group;
            place.offset = 0;
        } else {
            place.offset += page.count;
        }
    }
    const bool is_over = is_last && group == groups.end();
    return to_page(api, roles, is_over ? Json() : to_cursor(place), now_ms);
}

}  // namespace

Json inventory_page(KisiApi& api, const std::string& cursor, std::int64_t now_ms) {
    Place place = parse_place(cursor);
    if (place.group >= 0) return page_by_groups(api, place, now_ms);
    const RolePage page = api.roles(place.offset);
    if (place.offset == 0 && page.total > KisiApi::kMaxOffset) {
        return page_by_groups(api, Place{0, 0}, now_ms);
    }
    place.offset += page.count;
    const bool is_over = page.is_last || page.count == 0;
    return to_page(api, page.roles, is_over ? Json() : to_cursor(place), now_ms);
}

}  // namespace gatehouse::kisi
