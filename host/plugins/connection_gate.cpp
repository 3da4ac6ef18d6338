#include "plugins/connection_gate.hpp"

#include <algorithm>

namespace gatehouse::plugins {

std::optional<int> ConnectionGate::enter(const std::string& renter,
                                         std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    if (const std::optional<int> slot = take_free(renter)) return slot;
    Waiter waiter{renter, std::nullopt, {}};
    waiters_.push_back(&waiter);
    waiter.given.wait_for(lock, limit, [&] { return waiter.slot.has_value(); });
    if (!waiter.slot) waiters_.remove(&waiter);
    return waiter.slot;
}

// Hands the slot to the one who may go on and wakes nobody else: with many waiting, waking all of
// them for each slot costs more than the calls.
void ConnectionGate::leave(int slot) {
    const std::lock_guard lock(mutex_);
    holders_[static_cast<std::size_t>(slot)].reset();
    for (auto at = waiters_.begin(); at != waiters_.end(); ++at) {
        Waiter& waiter = **at;
        waiter.slot = take_free(waiter.renter);
        if (waiter.slot) {
            waiters_.erase(at);
            waiter.given.notify_one();
            return;
        }
    }
}

std::optional<int> ConnectionGate::take_free(const std::string& renter) {
    const bool is_busy =
        !renter.empty() && std::find(holders_.begin(), holders_.end(), renter) != holders_.end();
    const auto free = std::find(holders_.begin(), holders_.end(), Holder());
    if (is_busy || free == holders_.end()) return std::nullopt;
    *free = renter;
    return static_cast<int>(free - holders_.begin());
}

}  // namespace gatehouse::plugins
