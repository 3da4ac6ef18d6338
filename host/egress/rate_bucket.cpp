#include "egress/rate_bucket.hpp"

#include <algorithm>

namespace gatehouse::egress {
namespace {

std::int64_t interval_ns(double per_second) {
    return per_second > 0 ? static_cast<std::int64_t>(1e9 / std::max(per_second, 1e-3)) : 0;
}

}  // namespace

std::int64_t RateBucket::next_turn_ns(std::int64_t now_ns, double per_second, int burst) const {
    const std::int64_t saved_ns = interval_ns(per_second) * std::max(burst - 1, 0);
    const std::int64_t earned_ns = per_second > 0 ? full_at_ns_ - saved_ns : now_ns;
    return std::max({now_ns, paused_until_ns_, earned_ns});
}

RateBucket::Ticket RateBucket::take(std::int64_t now_ns, double per_second, int burst) {
    const std::int64_t turn_ns = next_turn_ns(now_ns, per_second, burst);
    full_at_ns_ = std::max(full_at_ns_, turn_ns) + interval_ns(per_second);
    return {turn_ns, shift_ns_};
}

void RateBucket::pause(std::int64_t now_ns, std::int64_t until_ns) {
    const std::int64_t from_ns = std::max(now_ns, paused_until_ns_);
    if (until_ns <= from_ns) return;
    shift_ns_ += until_ns - from_ns;
    full_at_ns_ = std::max(full_at_ns_, from_ns) + (until_ns - from_ns);
    paused_until_ns_ = until_ns;
}

}  // namespace gatehouse::egress
