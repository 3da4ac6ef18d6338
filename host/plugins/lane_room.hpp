// LaneRoom: who may begin a call in a runner that others share. A call that waits for its vendor
// holds one of the runner's threads, of which there are few: connections whose vendor hangs leave
// room for those whose calls are quick. Pure: the caller brings the time and guards it.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace gatehouse::plugins {

class LaneRoom {
  public:
    using Time = std::chrono::steady_clock::time_point;

    // The runner reads on with a thread of its own beside these (runner/server.cpp).
    static constexpr std::size_t kCalls = 92;
    // From so many on, whoever has a slow call under way comes later; from so many on, whoever has
    // not shown that his calls are quick.
    static constexpr std::size_t kOfSlow = kCalls / 2;
    static constexpr std::size_t kOfUnknown = kCalls * 3 / 4;
    static constexpr std::chrono::milliseconds kSlow{100};    // under way
    static constexpr std::chrono::milliseconds kQuick{1000};  // from beginning to end

    // Begins a call of `connection` if it may begin now; then end() must follow.
    bool begin(const std::string& connection, Time now);
    void end(const std::string& connection, Time began, Time now);

  private:
    bool has_slow_call(const std::string& connection, Time now) const;

    std::size_t count_ = 0;
    std::map<std::string, std::vector<Time>> under_way_;  // when each began
    std::map<std::string, bool> was_quick_;               // the last one that ended
};

}  // namespace gatehouse::plugins
