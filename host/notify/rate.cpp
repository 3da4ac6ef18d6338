#include "notify/rate.hpp"

namespace gatehouse::notify {

std::int64_t RouteRates::wait_locked(std::deque<UnixMs>& uses, const config::NotifyRate& rate,
                                     UnixMs now_ms) {
    // A use in the future is one before the clock was put back.
    while (!uses.empty() && (uses.front() <= now_ms - rate.per_ms || uses.front() > now_ms)) {
        uses.pop_front();
    }
    if (uses.size() < static_cast<std::size_t>(rate.max)) return 0;
    return uses.front() + rate.per_ms - now_ms;
}

std::int64_t RouteRates::wait_ms(const std::string& route, const config::NotifyRate& rate,
                                 UnixMs now_ms) {
    if (rate.max <= 0) return 0;
    const std::lock_guard lock(mutex_);
    return wait_locked(uses_[route], rate, now_ms);
}

std::int64_t RouteRates::take(const std::string& route, const config::NotifyRate& rate,
                              UnixMs now_ms) {
    if (rate.max <= 0) return 0;
    const std::lock_guard lock(mutex_);
    std::deque<UnixMs>& uses = uses_[route];
    const std::int64_t wait = wait_locked(uses, rate, now_ms);
    if (wait == 0) uses.push_back(now_ms);
    return wait;
}

}  // namespace gatehouse::notify
