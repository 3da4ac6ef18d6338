// LockGroups: which groups open a lock, remembered for a while: events come by the thousand, and a
// lock's groups hardly change.
#pragma once

#include <cstdint>
#include <map>

#include "kisi_api.hpp"

namespace gatehouse::kisi {

class LockGroups {
  public:
    // As targets, ["group:4711"]. Throws Error if Kisi cannot be asked.
    Json of(KisiApi& api, Id lock_id, std::int64_t now_ms) {
        const auto known = by_lock_.find(lock_id);
        if (known != by_lock_.end() && known->second.until_ms > now_ms) {
            return known->second.targets;
        }
        if (by_lock_.size() >= kMaxLocks) by_lock_.clear();
        Json targets = Json::array();
        for (const Id group : api.groups_of_lock(lock_id)) {
            if (targets.size() < kMaxTargets) targets.push_back("group:" + std::to_string(group));
        }
        by_lock_[lock_id] = {targets, now_ms + kKeepMs};
        return targets;
    }

  private:
    struct Known {
        Json targets;
        std::int64_t until_ms = 0;
    };

    static constexpr std::size_t kMaxLocks = 2'000;
    static constexpr std::size_t kMaxTargets = 100;
    static constexpr std::int64_t kKeepMs = 600'000;

    std::map<Id, Known> by_lock_;
};

}  // namespace gatehouse::kisi
