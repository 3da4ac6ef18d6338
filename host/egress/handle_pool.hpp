// HandlePool: idle CurlHandles with their open connections, by origin.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "egress/curl_handle.hpp"

namespace gatehouse::egress {

// [any thread]
class HandlePool {
  public:
    // At most `max_idle` handles lie idle, whatever their origins; the one idle for longest goes.
    explicit HandlePool(std::size_t max_idle = 64) : max_idle_(max_idle) {}

    // The handle of this origin that was used last, so that the surplus grows old and goes. Null
    // if none is idle.
    std::unique_ptr<CurlHandle> take(const std::string& origin);

    void put(const std::string& origin, std::unique_ptr<CurlHandle> handle);

  private:
    struct Idle {
        std::string origin;
        std::unique_ptr<CurlHandle> handle;
    };
    using Place = std::list<Idle>::iterator;

    const std::size_t max_idle_;
    std::mutex mutex_;
    std::list<Idle> idle_;                                         // put last = first
    std::unordered_map<std::string, std::list<Place>> by_origin_;  // the same order
};

}  // namespace gatehouse::egress
