// ConnectionGate: how many calls at once one connection may have (manifest: limits.concurrency).
// Each call holds a slot, and each slot has its own instance in the runner, so no instance is ever
// called twice at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

namespace gatehouse::plugins {

// [any thread]
class ConnectionGate {
  public:
    explicit ConnectionGate(int slots) : is_taken_(static_cast<std::size_t>(slots), false) {}

    // The lowest free slot; waits for one for `limit` at most.
    std::optional<int> enter(std::chrono::milliseconds limit);
    void leave(int slot);

  private:
    std::optional<int> find_free() const;

    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<bool> is_taken_;
};

}  // namespace gatehouse::plugins
