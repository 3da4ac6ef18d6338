// ClockWatch: notices that the time of day moved otherwise than time passed: somebody set it, or
// the machine slept.
#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace gatehouse {

// Corrections smaller than this are nobody's concern.
constexpr std::int64_t kClockToleranceMs = 30'000;

// [one thread at a time]
class ClockWatch {
  public:
    explicit ClockWatch(const Clock& clock) : clock_(clock), offset_ms_(offset_ms()) {}

    // The time of day as the last call of moved_ms() left it: a clock that was set since then has
    // not moved it yet.
    UnixMs now_ms() const { return offset_ms_ + clock_.steady_ns() / 1'000'000; }

    // By how much the time of day moved since the last call, beyond the time that passed; 0 if by
    // less than kClockToleranceMs. A clock that is slewed slowly thus never counts as moved.
    std::int64_t moved_ms() {
        const std::int64_t before_ms = offset_ms_;
        offset_ms_ = offset_ms();
        const std::int64_t moved_ms = offset_ms_ - before_ms;
        const bool is_small = moved_ms > -kClockToleranceMs && moved_ms < kClockToleranceMs;
        return is_small ? 0 : moved_ms;
    }

  private:
    std::int64_t offset_ms() const { return clock_.now_ms() - clock_.steady_ns() / 1'000'000; }

    const Clock& clock_;
    std::int64_t offset_ms_;
};

}  // namespace gatehouse
