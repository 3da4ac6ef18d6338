#include "key_ring.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace gatehouse::unloc {
namespace {

constexpr const char* kRental = "gatehouse_rental";
constexpr const char* kBusiness = "gatehouse_business";

bool is_one_of(const std::string& state, const std::array<std::string_view, 3>& states) {
    return std::ranges::find(states, state) != states.end();
}

}  // namespace

Json metadata_of(const Marker& marker) {
    return {{kRental, marker.rental_id}, {kBusiness, marker.business}};
}

Marker marker_of(const Key& key) {
    return {sdk::text_at(key.metadata, kBusiness), sdk::text_at(key.metadata, kRental)};
}

bool is_live(const Key& key) {
    return !is_one_of(key.state, {"expired", "revoked", "error"});
}

bool is_ready(const Key& key) {
    return is_one_of(key.state, {"scheduled", "active", "inactive"});
}

KeyRing::KeyRing(UnlocApi& api, const std::string& phone, Marker marker,
                 const std::set<std::string>& own, std::int64_t now_ms)
    : phone_(phone),
      marker_(std::move(marker)),
      own_(own),
      now_ms_(now_ms),
      keys_(api.keys_of(phone)) {}

bool KeyRing::is_own(const Key& key) const {
    const Marker marker = marker_of(key);
    if (marker.rental_id.empty()) return own_.contains(key.id);
    return marker.rental_id == marker_.rental_id && marker.business == marker_.business;
}

const Key* KeyRing::own_key(const std::string& lock_id, const Window& window) const {
    const Key* found = nullptr;
    for (const Key& key : keys_) {
        const bool fits = key.lock_id == lock_id && is_live(key) && is_own(key) &&
                          is_same_from(now_ms_, key.window, window);
        if (!fits) continue;
        if (is_ready(key)) return &key;
        if (found == nullptr) found = &key;
    }
    return found;
}

std::vector<Key> KeyRing::own_keys() const {
    std::vector<Key> own;
    std::ranges::copy_if(keys_, std::back_inserter(own),
                         [this](const Key& key) { return is_live(key) && is_own(key); });
    return own;
}

bool KeyRing::is_let_in_by_others(const std::string& lock_id, const Window& window) const {
    return std::ranges::any_of(keys_, [&](const Key& key) {
        const bool is_foreign = marker_of(key).rental_id.empty() && !own_.contains(key.id);
        return is_foreign && key.lock_id == lock_id && is_ready(key) && !key.has_recurrence &&
               covers_from(now_ms_, key.window, window);
    });
}

bool KeyRing::knows(const std::string& key_id) const {
    return std::ranges::find(keys_, key_id, &Key::id) != keys_.end();
}

void KeyRing::add(Key key) {
    if (key.phone == phone_) keys_.push_back(std::move(key));
}

void KeyRing::forget(const std::string& key_id) {
    std::erase_if(keys_, [&](const Key& key) { return key.id == key_id; });
}

}  // namespace gatehouse::unloc
