// KeyRing: one person's keys at Unloc, as one rental sees them. Looked at once, at the beginning.
//
// A key that Gatehouse makes says in its metadata for which rental. Unloc's pages do not show
// whether keys are given back with their metadata, so the ids that the host keeps count as well.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "unloc_api.hpp"

namespace gatehouse::unloc {

struct Marker {
    std::string business;
    std::string rental_id;
};

Json metadata_of(const Marker& marker);

// Both empty if Gatehouse did not make the key, or Unloc does not show its metadata.
Marker marker_of(const Key& key);

// Not expired, revoked or failed.
bool is_live(const Key& key);

// Live, and not still in the making.
bool is_ready(const Key& key);

class KeyRing {
  public:
    // `own` are ids of this rental's keys.
    KeyRing(UnlocApi& api, const std::string& phone, Marker marker,
            const std::set<std::string>& own, std::int64_t now_ms);

    // The rental's live key for the lock with this very window, one that is ready first; null if
    // there is none.
    const Key* own_key(const std::string& lock_id, const Window& window) const;

    std::vector<Key> own_keys() const;

    // Whether a key that Gatehouse did not make lets in at least that long.
    bool is_let_in_by_others(const std::string& lock_id, const Window& window) const;

    bool knows(const std::string& key_id) const;

    // A key that Unloc has and did not list yet. Another person's is passed over.
    void add(Key key);
    void forget(const std::string& key_id);

  private:
    bool is_own(const Key& key) const;

    std::string phone_;
    Marker marker_;
    std::set<std::string> own_;
    std::int64_t now_ms_;
    std::vector<Key> keys_;
};

}  // namespace gatehouse::unloc
