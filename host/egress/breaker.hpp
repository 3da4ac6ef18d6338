// Breaker: the pure arithmetic of one connection's circuit breaker, without threads or clocks.
//
//   closed    | requests go out. kFailuresToOpen in a row that nobody answered open it.
//   open      | none goes out until a time: 2 s at first, twice as long each time, a minute at most
//   half-open | the time is over: one request goes out as a trial, the others wait for its end. An
//             | answer closes the breaker, none opens it again
//
// An answer is an answer whatever it says, but for 502, 503 and 504, which others give for a server
// that is not there. 429 is the rate's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::egress {

constexpr int kFailuresToOpen = 5;
constexpr std::int64_t kFirstOpenNs = 2'000'000'000;
constexpr std::int64_t kMaxOpenNs = 60'000'000'000;
// After how long those come back who found the trial under way.
constexpr std::int64_t kTrialNs = 2'000'000'000;

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };

std::string_view to_string(BreakerState state);

// [one thread at a time]
class Breaker {
  public:
    // kUnknown: nothing was learnt of the other side.
    enum class Verdict : std::uint8_t { kAnswered, kNotAnswered, kUnknown };

    BreakerState state(std::int64_t now_ns) const;

    // When a request may try again; nothing = it may go out now.
    std::optional<std::int64_t> shut_until_ns(std::int64_t now_ns) const;

    // A request goes out; only if it may. True if it is the trial: ended() must be told so.
    bool begin(std::int64_t now_ns);
    void ended(bool is_trial, Verdict verdict, std::int64_t now_ns);

    // Nothing is remembered: the same as a new one.
    bool is_fresh() const { return failures_ == 0 && open_ns_ == 0 && !has_trial_; }

  private:
    void open(std::int64_t now_ns);

    int failures_ = 0;                // in a row
    std::int64_t open_ns_ = 0;        // how long it is shut; 0 = closed
    std::int64_t shut_until_ns_ = 0;  // while open_ns_ > 0
    bool has_trial_ = false;
};

}  // namespace gatehouse::egress
