#include "plugins/connection_gate.hpp"

namespace gatehouse::plugins {

std::optional<int> ConnectionGate::enter(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    std::optional<int> slot;
    freed_.wait_for(lock, limit, [&] {
        slot = find_free();
        return slot.has_value();
    });
    if (slot) is_taken_[static_cast<std::size_t>(*slot)] = true;
    return slot;
}

void ConnectionGate::leave(int slot) {
    const std::lock_guard lock(mutex_);
    is_taken_[static_cast<std::size_t>(slot)] = false;
    freed_.notify_one();
}

std::optional<int> ConnectionGate::find_free() const {
    for (std::size_t i = 0; i < is_taken_.size(); ++i) {
        if (!is_taken_[i]) return static_cast<int>(i);
    }
    return std::nullopt;
}

}  // namespace gatehouse::plugins
