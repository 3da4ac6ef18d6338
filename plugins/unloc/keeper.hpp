// Keeper: brings the keys of one rental into line, a step at a time. Unloc makes keys in jobs that
// may take hours, so a step often ends with "not done yet"; the references carry on from there.
// One object for one call.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "key_ring.hpp"
#include "references.hpp"
#include "unloc_api.hpp"

namespace gatehouse::unloc {

struct Wish {
    std::string phone;
    Window window;
    std::set<std::string> locks;
};

struct Progress {
    bool is_done = false;
    References references;
    std::set<std::string> ready;  // locks of the wish that the person holds now
};

class Keeper {
  public:
    Keeper(UnlocApi& api, Marker marker, References before, std::int64_t now_ms);

    // One key for each lock of the wish, and no other for this rental. It looks before it asks for
    // keys, and asks for all that are missing at once. New keys come before old ones go, unless the
    // wish does not let in yet. A key that Gatehouse did not make is never touched; where it lets
    // in as long as wished, no other is made.
    //
    // Throws Error(kInvalid) when Unloc refused the keys, Error(kUnavailable) when it failed to
    // make them, Error(kConflict) when it takes no second key of this person for a lock.
    Progress open(const Wish& wish);

    // No key for this rental, whatever phone number it was made for. Done only when no job is under
    // way that may still make one.
    Progress close(const std::set<std::string>& further_phones);

  private:
    struct Failure {
        JobNote note;
        Job job;
    };

    void ask_for_jobs(const Wish* wish);
    void learn(KeyRing& ring);
    void judge_failure(const std::set<std::string>& missing);
    void make(const Wish& wish, const std::set<std::string>& missing, KeyRing& ring);
    bool make_room(const std::set<std::string>& locks, KeyRing& ring);
    void close_phone(const std::string& phone);
    void revoke(const Key& key);
    bool is_for(const JobNote& note, const Wish& wish) const;

    UnlocApi& api_;
    const Marker marker_;
    const References before_;
    const std::int64_t now_ms_;
    References after_;
    std::set<std::string> own_;       // ids of this rental's keys
    std::set<std::string> made_;      // of those, what a job has just reported
    std::set<std::string> expected_;  // locks for which keys of this very wish are under way
    std::optional<Failure> failure_;
    bool is_unsettled_ = false;  // a key would not go yet
};

}  // namespace gatehouse::unloc
