#include "inventory.hpp"

#include <algorithm>
#include <map>

namespace gatehouse::kisi {
namespace {

constexpr int kMaxOffset = 20'000;  // Kisi lists no further

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

}  // namespace

Json inventory_page(KisiApi& api, int offset, std::int64_t now_ms) {
    int count = 0;
    bool is_last = true;
    const std::vector<GroupRole> roles = api.group_roles(offset, count, is_last);
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
    Json next;
    if (!is_last && count > 0) {
        if (offset + count > kMaxOffset) {
            throw sdk::Error(sdk::Kind::kUnsupported,
                             "Kisi lists no more than 20000 roles, and there are more");
        }
        next = std::to_string(offset + count);
    }
    return {{"schema", 1}, {"grants", std::move(grants)}, {"next_cursor", std::move(next)}};
}

}  // namespace gatehouse::kisi
