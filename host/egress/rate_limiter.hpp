// RateLimiter: makes callers wait for their turn, one RateBucket per key.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "egress/rate_bucket.hpp"

namespace gatehouse::egress {

// How a caller lets time pass. A test with a clock of its own moves it instead of sleeping.
class Pause {
  public:
    virtual ~Pause() = default;

    // Until `news` or, about, for `ns`.
    virtual void wait(std::unique_lock<std::mutex>& lock, std::condition_variable& news,
                      std::int64_t ns) = 0;
};

// [any thread]
class RateLimiter {
  public:
    // At most `max_keys` are remembered; the one unused for longest goes first, never one that is
    // waited for.
    explicit RateLimiter(const Clock& clock, Pause* pause = nullptr, std::size_t max_keys = 16'384);

    // Blocks until the key's next turn. kRateLimited, postponed by the delay: it comes after
    // `deadline_ns` (said at once, or when a pause moved it there). kUnavailable: the deadline is
    // past, or stop() was called.
    Result<void> wait(const std::string& key, double per_second, int burst,
                      std::int64_t deadline_ns);

    // How long a caller would wait now.
    std::int64_t delay_ns(const std::string& key, double per_second, int burst) const;

    // Lets no request of the key begin for `delay_ms`.
    void pause(const std::string& key, std::int64_t delay_ms);

    // Ends every wait; there will be no more turns.
    void stop();

    std::size_t keys() const;

  private:
    struct Entry {
        std::string key;
        RateBucket bucket;
        int waiters = 0;
    };

    Entry& entry_of(const std::string& key);
    void forget_surplus();

    const Clock& clock_;
    Pause* const pause_;
    const std::size_t max_keys_;
    mutable std::mutex mutex_;
    std::condition_variable stopped_;
    bool is_stopped_ = false;
    std::list<Entry> entries_;  // used last = first
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace gatehouse::egress
