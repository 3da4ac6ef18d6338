#include "egress/handle_pool.hpp"

namespace gatehouse::egress {

std::unique_ptr<CurlHandle> HandlePool::take(const std::string& origin) {
    const std::lock_guard lock(mutex_);
    const auto found = by_origin_.find(origin);
    if (found == by_origin_.end()) return nullptr;
    const Place place = found->second.front();
    std::unique_ptr<CurlHandle> handle = std::move(place->handle);
    idle_.erase(place);
    found->second.pop_front();
    if (found->second.empty()) by_origin_.erase(found);
    return handle;
}

void HandlePool::put(const std::string& origin, std::unique_ptr<CurlHandle> handle) {
    std::unique_ptr<CurlHandle> surplus;  // closed outside the lock: it may speak TLS
    const std::lock_guard lock(mutex_);
    idle_.push_front(Idle{origin, std::move(handle)});
    by_origin_[origin].push_front(idle_.begin());
    if (idle_.size() <= max_idle_) return;

    surplus = std::move(idle_.back().handle);
    const auto oldest = by_origin_.find(idle_.back().origin);
    oldest->second.pop_back();  // the oldest of all is the oldest of its origin
    if (oldest->second.empty()) by_origin_.erase(oldest);
    idle_.pop_back();
}

}  // namespace gatehouse::egress
