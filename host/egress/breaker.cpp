#include "egress/breaker.hpp"

#include <algorithm>

namespace gatehouse::egress {

std::string_view to_string(BreakerState state) {
    switch (state) {
        case BreakerState::kClosed:
            return "closed";
        case BreakerState::kOpen:
            return "open";
        case BreakerState::kHalfOpen:
            return "half-open";
    }
    return "closed";
}

BreakerState Breaker::state(std::int64_t now_ns) const {
    if (open_ns_ == 0) return BreakerState::kClosed;
    return has_trial_ || now_ns >= shut_until_ns_ ? BreakerState::kHalfOpen : BreakerState::kOpen;
}

std::optional<std::int64_t> Breaker::shut_until_ns(std::int64_t now_ns) const {
    if (open_ns_ == 0) return std::nullopt;
    if (has_trial_) return now_ns + kTrialNs;
    return now_ns < shut_until_ns_ ? std::optional(shut_until_ns_) : std::nullopt;
}

bool Breaker::begin(std::int64_t now_ns) {
    has_trial_ = state(now_ns) == BreakerState::kHalfOpen;
    return has_trial_;
}

void Breaker::ended(bool is_trial, Verdict verdict, std::int64_t now_ns) {
    if (is_trial) has_trial_ = false;
    if (verdict == Verdict::kAnswered) {
        // Also of a request that went out before it opened: the other side is there.
        failures_ = 0;
        open_ns_ = 0;
        has_trial_ = false;
    } else if (verdict == Verdict::kNotAnswered && open_ns_ == 0) {
        if (++failures_ >= kFailuresToOpen) open(now_ns);
    } else if (verdict == Verdict::kNotAnswered && is_trial) {
        open(now_ns);
    }
}

void Breaker::open(std::int64_t now_ns) {
    open_ns_ = open_ns_ == 0 ? kFirstOpenNs : std::min(open_ns_ * 2, kMaxOpenNs);
    shut_until_ns_ = now_ns + open_ns_;
}

}  // namespace gatehouse::egress
