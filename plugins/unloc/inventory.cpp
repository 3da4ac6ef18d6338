#include "inventory.hpp"

#include "key_ring.hpp"

namespace gatehouse::unloc {
namespace {

Json to_grant(const Key& key) {
    const bool is_later = key.state == "scheduled" || key.state == "creating";
    Json grant = {{"target", "lock:" + key.lock_id},
                  {"state", is_later ? "scheduled" : "active"},
                  {"renter",
                   {{"email", nullptr},
                    {"phone", key.phone.empty() ? Json() : Json(key.phone)},
                    {"name", key.name.empty() ? Json() : Json(key.name)}}},
                  {"window", to_json(key.window)},
                  {"references", {{"key", key.id}}}};
    const Marker marker = marker_of(key);
    if (!marker.rental_id.empty()) {
        grant["rental"] = marker.rental_id;
        grant["business"] = marker.business;
    }
    return grant;
}

}  // namespace

Json inventory_page(UnlocApi& api, const std::string& cursor) {
    const std::vector<Key> keys = api.keys_after(cursor);
    Json grants = Json::array();
    for (const Key& key : keys) {
        if (is_live(key)) grants.push_back(to_grant(key));
    }
    const bool is_last = keys.size() < UnlocApi::kPageSize;
    Json page = {{"schema", 1}};
    page["grants"] = std::move(grants);
    page["next_cursor"] = is_last ? Json() : Json(keys.back().id);
    return page;
}

}  // namespace gatehouse::unloc
