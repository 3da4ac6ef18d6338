// Breakers: one Breaker for each connection that somebody did not answer.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "egress/breaker.hpp"
#include "egress/way.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::egress {

// [any thread]
class Breakers {
  public:
    Breakers(const Clock& clock, observe::Metrics& metrics);

    // Why no request of this key may go out now, postponed until one may; nothing = it may.
    std::optional<Error> shut(const std::string& key) const;

    // A request goes out. As shut() if it may not; true if it is the trial. ended() must follow.
    Result<bool> begin(const std::string& key);
    void ended(const std::string& key, bool is_trial, Breaker::Verdict verdict,
               const std::string& reason);

    // Those that are not closed.
    std::vector<Way> ways() const;

  private:
    struct Entry {
        Breaker breaker;
        std::string reason;  // of the last failure
    };

    std::optional<Error> shut_locked(const std::string& key, std::int64_t now_ns) const;
    void count(std::int64_t now_ns);

    const Clock& clock_;
    observe::Gauge& open_;
    observe::Counter& opened_;
    mutable std::mutex mutex_;
    std::map<std::string, Entry> entries_;  // only of keys with failures
};

}  // namespace gatehouse::egress
