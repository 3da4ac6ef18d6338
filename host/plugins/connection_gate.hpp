// ConnectionGate: how many calls at once one connection may have (manifest: limits.concurrency),
// and never two for one renter: vendors keep a person's record whole, and two of their rentals
// would race for it. Each call holds a slot, and each slot has its own instance in the runner, so
// no instance is ever called twice at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::plugins {

// [any thread]
class ConnectionGate {
  public:
    explicit ConnectionGate(int slots) : holders_(static_cast<std::size_t>(slots)) {}

    // The lowest free slot, once nobody else is at work for `renter` (empty = for nobody); waits
    // for `limit` at most.
    std::optional<int> enter(const std::string& renter, std::chrono::milliseconds limit);
    void leave(int slot);

  private:
    // A slot's holder: nothing while it is free.
    using Holder = std::optional<std::string>;

    // A call that waits, on its own thread's stack.
    struct Waiter {
        const std::string& renter;
        std::optional<int> slot;
        std::condition_variable given;
    };

    std::optional<int> take_free(const std::string& renter);

    std::mutex mutex_;
    std::vector<Holder> holders_;
    std::list<Waiter*> waiters_;  // longest waiting first
};

}  // namespace gatehouse::plugins
