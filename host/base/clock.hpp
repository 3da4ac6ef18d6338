// Time, as the rest of the program sees it. Tests pass a ManualClock and never sleep.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse {

// Milliseconds since 1970-01-01T00:00:00Z. What is stored and compared across restarts.
using UnixMs = std::int64_t;

// [any thread]
class Clock {
  public:
    virtual ~Clock() = default;

    virtual UnixMs now_ms() const = 0;

    // Never goes back; only for measuring durations within one process.
    virtual std::int64_t steady_ns() const = 0;
};

class SystemClock final : public Clock {
  public:
    UnixMs now_ms() const override;
    std::int64_t steady_ns() const override;
};

class ManualClock final : public Clock {
  public:
    explicit ManualClock(UnixMs now_ms) : now_ms_(now_ms) {}

    UnixMs now_ms() const override { return now_ms_; }
    std::int64_t steady_ns() const override { return (now_ms_ - set_by_ms_) * 1'000'000; }

    void set_ms(UnixMs now_ms) { now_ms_ = now_ms; }
    void advance_ms(std::int64_t by_ms) { now_ms_ += by_ms; }

    // As a person or a time server sets the time of day: no time passes.
    void move_ms(std::int64_t by_ms) {
        now_ms_ += by_ms;
        set_by_ms_ += by_ms;
    }

  private:
    std::atomic<UnixMs> now_ms_;
    std::atomic<std::int64_t> set_by_ms_ = 0;
};

// "2026-11-22T08:00:00.123Z".
std::string format_utc(UnixMs at_ms);

// Reads RFC 3339 with "Z" or a numeric offset, seconds and fraction optional to the letter of
// "YYYY-MM-DDTHH:MM[:SS[.fff]]", and a bare date "YYYY-MM-DD" as its midnight UTC.
// kInvalid for anything else, impossible dates included.
Result<UnixMs> parse_utc(std::string_view text);

}  // namespace gatehouse
