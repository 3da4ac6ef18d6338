// SimClock: the time of the simulated world. One for the whole process: a control call moves it for
// every simulator at once.
#pragma once

#include "base/clock.hpp"

namespace gatehouse::simulators {

class SimClock final : public Clock {
  public:
    UnixMs now_ms() const override {
        return followed != nullptr ? followed->now_ms() : SystemClock().now_ms() + offset_ms;
    }
    std::int64_t steady_ns() const override { return SystemClock().steady_ns(); }

    // Time goes on from `now_ms`.
    static void set_now_ms(UnixMs now_ms) { offset_ms = now_ms - SystemClock().now_ms(); }

    // Time is that of `clock` until somebody says null; it lives as long.
    static void follow(const Clock* clock) { followed = clock; }

  private:
    static inline std::int64_t offset_ms = 0;
    static inline const Clock* followed = nullptr;
};

}  // namespace gatehouse::simulators
