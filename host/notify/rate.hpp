// RouteRates: how often each route was used lately. Kept in memory: after a restart a route may be
// used once more than its rate says. [any thread]
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "config/config.hpp"

namespace gatehouse::notify {

class RouteRates {
  public:
    // How long until the route may be used; 0 = now. Takes nothing.
    std::int64_t wait_ms(const std::string& route, const config::NotifyRate& rate, UnixMs now_ms);

    // The same, and if it is 0 the use is counted.
    std::int64_t take(const std::string& route, const config::NotifyRate& rate, UnixMs now_ms);

  private:
    std::int64_t wait_locked(std::deque<UnixMs>& uses, const config::NotifyRate& rate,
                             UnixMs now_ms);

    std::mutex mutex_;
    std::map<std::string, std::deque<UnixMs>> uses_;  // within the last `per`, oldest first
};

}  // namespace gatehouse::notify
