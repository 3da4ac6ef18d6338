// RefusedTokens: admin requests without the token are counted, and told in the log so that whoever
// tries tokens is seen, without letting him fill the log.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::admin {

// [any thread]
class RefusedTokens {
  public:
    // `clock` and `counter` outlive it; no counter is fine.
    RefusedTokens(const Clock& clock, observe::Counter* counter)
        : clock_(clock), counter_(counter) {}

    // A refused request came from `peer`. The first is told at once, those of the next minute
    // together with the first that comes after it.
    void note(std::string_view peer);

  private:
    const Clock& clock_;
    observe::Counter* const counter_;
    std::mutex mutex_;
    std::optional<std::int64_t> told_ns_;  // guarded by mutex_
    std::uint64_t untold_ = 0;             // guarded by mutex_
};

}  // namespace gatehouse::admin
