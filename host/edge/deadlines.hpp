// Deadlines: when each descriptor wants to be looked at next. Entries are not moved on every
// request: one that turns out to be too early is looked at and set again, which costs a look every
// few seconds instead of a tree operation on every request. [one thread]
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace gatehouse::edge {

class Deadlines {
  public:
    // Makes sure that `fd` is looked at no later than `at_ms`.
    void no_later_than(int fd, std::int64_t at_ms) {
        const auto [entry, added] = by_fd_.try_emplace(fd, at_ms);
        if (!added) {
            if (entry->second <= at_ms) return;
            ordered_.erase({entry->second, fd});
            entry->second = at_ms;
        }
        ordered_.emplace(at_ms, fd);
    }

    void forget(int fd) {
        const auto entry = by_fd_.find(fd);
        if (entry == by_fd_.end()) return;
        ordered_.erase({entry->second, fd});
        by_fd_.erase(entry);
    }

    std::optional<std::int64_t> earliest_ms() const {
        if (ordered_.empty()) return std::nullopt;
        return ordered_.begin()->first;
    }

    // Takes out one descriptor whose time has come.
    std::optional<int> take_due(std::int64_t now_ms) {
        if (ordered_.empty() || ordered_.begin()->first > now_ms) return std::nullopt;
        const int fd = ordered_.begin()->second;
        forget(fd);
        return fd;
    }

  private:
    std::set<std::pair<std::int64_t, int>> ordered_;
    std::unordered_map<int, std::int64_t> by_fd_;
};

}  // namespace gatehouse::edge
