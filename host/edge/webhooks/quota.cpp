#include "edge/webhooks/quota.hpp"

#include <algorithm>
#include <cmath>

namespace gatehouse::edge {
namespace {

constexpr double kNsPerSecond = 1e9;
constexpr double kNsPerDay = 86'400 * kNsPerSecond;
constexpr double kNsPerMs = 1e6;
constexpr double kBurstSeconds = 60;
constexpr double kMaxWaitMs = 86'400'000;

}  // namespace

Quota::Quota(const config::Quota& limits)
    : events_{std::max(1.0, limits.events_per_second * kBurstSeconds),
              limits.events_per_second / kNsPerSecond, 0, 0},
      bytes_{static_cast<double>(limits.bytes_per_day),
             static_cast<double>(limits.bytes_per_day) / kNsPerDay, 0, 0} {
    events_.level = events_.most;
    bytes_.level = bytes_.most;
}

std::optional<std::int64_t> Quota::take_event(std::int64_t now_ns) {
    return take(events_, 1, now_ns);
}

std::optional<std::int64_t> Quota::take_bytes(std::size_t bytes, std::int64_t now_ns) {
    return take(bytes_, static_cast<double>(bytes), now_ns);
}

void Quota::give_back(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    bytes_.level = std::min(bytes_.most, bytes_.level + static_cast<double>(bytes));
}

std::optional<std::int64_t> Quota::take(Bucket& bucket, double amount, std::int64_t now_ns) {
    const std::lock_guard lock(mutex_);
    if (now_ns > bucket.filled_ns) {
        const auto passed = static_cast<double>(now_ns - bucket.filled_ns);
        bucket.level = std::min(bucket.most, bucket.level + passed * bucket.per_ns);
        bucket.filled_ns = now_ns;
    }
    const double needed = std::min(amount, bucket.most);  // a full bucket is enough for anything
    if (bucket.level >= needed) {
        bucket.level -= needed;
        return std::nullopt;
    }
    const double wait_ms = (needed - bucket.level) / bucket.per_ns / kNsPerMs;
    return static_cast<std::int64_t>(std::ceil(std::clamp(wait_ms, 1.0, kMaxWaitMs)));
}

void QuotaNews::note_refusal(const std::string& business, std::int64_t now_ns) {
    bool is_new = false;
    {
        const std::lock_guard lock(mutex_);
        const auto [state, was_added] = exceeded_.try_emplace(business);
        state->second.last_ns = std::max(state->second.last_ns, now_ns);
        is_new = was_added;
    }
    if (is_new && wake_) wake_();
}

std::vector<QuotaNews::Change> QuotaNews::take_changes(std::int64_t now_ns) {
    std::vector<Change> changes;
    const std::lock_guard lock(mutex_);
    for (auto& [business, state] : exceeded_) {
        if (!state.is_told) changes.push_back({business, true});
        state.is_told = true;
    }
    std::erase_if(exceeded_, [&](const auto& entry) {
        if (now_ns - entry.second.last_ns < kCalmNs) return false;
        changes.push_back({entry.first, false});
        return true;
    });
    return changes;
}

std::optional<std::int64_t> QuotaNews::next_ns() const {
    const std::lock_guard lock(mutex_);
    std::optional<std::int64_t> next;
    for (const auto& [business, state] : exceeded_) {
        const std::int64_t at_ns = state.is_told ? state.last_ns + kCalmNs : 0;
        next = std::min(next.value_or(at_ns), at_ns);
    }
    return next;
}

}  // namespace gatehouse::edge
