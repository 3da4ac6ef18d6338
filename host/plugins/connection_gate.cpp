#include "plugins/connection_gate.hpp"

#include <algorithm>

namespace gatehouse::plugins {

std::optional<int> ConnectionGate::enter(const std::string& renter,
                                         std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    std::optional<int> slot;
    freed_.wait_for(lock, limit, [&] {
        slot = find_free(renter);
        return slot.has_value();
    });
    if (slot) holders_[static_cast<std::size_t>(*slot)] = renter;
    return slot;
}

void ConnectionGate::leave(int slot) {
    const std::lock_guard lock(mutex_);
    holders_[static_cast<std::size_t>(slot)].reset();
    // Not only the first who waits: it may wait for another renter's call.
    freed_.notify_all();
}

std::optional<int> ConnectionGate::find_free(const std::string& renter) const {
    const bool is_busy =
        !renter.empty() && std::find(holders_.begin(), holders_.end(), renter) != holders_.end();
    const auto free = std::find(holders_.begin(), holders_.end(), Holder());
    if (is_busy || free == holders_.end()) return std::nullopt;
    return static_cast<int>(free - holders_.begin());
}

}  // namespace gatehouse::plugins
