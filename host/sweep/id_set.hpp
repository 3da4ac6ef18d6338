// IdSet: which ids were seen, by their hashes alone, so that a hundred thousand take a few
// megabytes. Two ids of one hash are taken for one: with 64 bits that is a rental in a billion
// sweeps, which is then compared a day later.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace gatehouse::sweep {

// [one thread]
class IdSet {
  public:
    // False if it was in it already.
    bool add(std::string_view id) { return hashes_.insert(hash(id)).second; }
    bool has(std::string_view id) const { return hashes_.contains(hash(id)); }
    std::size_t size() const { return hashes_.size(); }

  private:
    static std::uint64_t hash(std::string_view id) { return std::hash<std::string_view>{}(id); }

    std::unordered_set<std::uint64_t> hashes_;
};

}  // namespace gatehouse::sweep
