// RecentNames: a set of names that forgets those which were not added for longest, so that it stays
// small whatever it is told.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_set>
#include <utility>

namespace gatehouse {

// Keeps the last `most` / 2 different names that were added at least, and `most` at most.
// [one thread at a time]
class RecentNames {
  public:
    explicit RecentNames(std::size_t most) : half_(std::max<std::size_t>(most / 2, 1)) {}

    void add(const std::string& name) {
        if (young_.contains(name)) return;
        if (young_.size() >= half_) old_ = std::exchange(young_, {});
        young_.insert(name);
    }
    void remove(const std::string& name) {
        young_.erase(name);
        old_.erase(name);
    }
    bool contains(const std::string& name) const {
        return young_.contains(name) || old_.contains(name);
    }

  private:
    const std::size_t half_;
    std::unordered_set<std::string> young_;
    std::unordered_set<std::string> old_;
};

}  // namespace gatehouse
