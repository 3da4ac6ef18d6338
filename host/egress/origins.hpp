// Origins: how many exchanges with one origin ("api.kisi.io:443") may be under way, whoever's they
// are. What one slow vendor can hold of the host is bounded so.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/result.hpp"

namespace gatehouse::egress {

// A quarter of what the dispatcher has at work with its own defaults.
constexpr int kExchangesPerOrigin = 64;

// [any thread]
class Origins {
  public:
    explicit Origins(int most = kExchangesPerOrigin) : most_(most) {}

    // Waits for a moment while the origin is full. kUnavailable, postponed: it still was, or
    // stop() was called. leave() must follow if it is good.
    Result<void> enter(const std::string& origin);
    void leave(const std::string& origin);

    // Ends every wait.
    void stop();

  private:
    const int most_;
    std::mutex mutex_;
    std::condition_variable left_;
    std::unordered_map<std::string, int> under_way_;  // none that is 0
    bool is_stopped_ = false;
};

}  // namespace gatehouse::egress
