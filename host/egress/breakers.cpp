#include "egress/breakers.hpp"

#include <algorithm>

namespace gatehouse::egress {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

}  // namespace

Breakers::Breakers(const Clock& clock, observe::Metrics& metrics)
    : clock_(clock),
      open_(metrics.gauge("gatehouse_egress_breakers_open",
                          "Connections to which nothing goes out but a trial now and then")),
      opened_(metrics.counter("gatehouse_egress_breakers_opened_total",
                              "Times that a connection's breaker opened")) {}

std::optional<Error> Breakers::shut(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    return shut_locked(key, clock_.steady_ns());
}

std::optional<Error> Breakers::shut_locked(const std::string& key, std::int64_t now_ns) const {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return std::nullopt;
    const std::optional<std::int64_t> until_ns = found->second.breaker.shut_until_ns(now_ns);
    if (!until_ns) return std::nullopt;
    return postpone(
               ErrorKind::kUnavailable,
               key + " does not answer and is only tried now and then: " + found->second.reason,
               (*until_ns - now_ns) / kNsPerMs + 1)
        .value();
}

Result<bool> Breakers::begin(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ns = clock_.steady_ns();
    if (auto shut = shut_locked(key, now_ns)) return tl::unexpected(std::move(*shut));
    const auto found = entries_.find(key);
    return found != entries_.end() && found->second.breaker.begin(now_ns);
}

void Breakers::ended(const std::string& key, bool is_trial, Breaker::Verdict verdict,
                     const std::string& reason) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ns = clock_.steady_ns();
    auto found = entries_.find(key);
    if (found == entries_.end()) {
        if (verdict != Breaker::Verdict::kNotAnswered) return;
        found = entries_.emplace(key, Entry()).first;
    }
    Entry& entry = found->second;
    const bool was_closed = entry.breaker.state(now_ns) == BreakerState::kClosed;
    entry.breaker.ended(is_trial, verdict, now_ns);
    if (verdict == Breaker::Verdict::kNotAnswered) entry.reason = reason;
    const bool is_closed = entry.breaker.state(now_ns) == BreakerState::kClosed;
    if (was_closed && !is_closed) opened_.add();
    if (entry.breaker.is_fresh()) entries_.erase(found);
    if (was_closed != is_closed) count(now_ns);
}

void Breakers::count(std::int64_t now_ns) {
    open_.set(static_cast<double>(std::ranges::count_if(entries_, [&](const auto& entry) {
        return entry.second.breaker.state(now_ns) != BreakerState::kClosed;
    })));
}

std::vector<Way> Breakers::ways() const {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ns = clock_.steady_ns();
    std::vector<Way> ways;
    for (const auto& [key, entry] : entries_) {
        const BreakerState state = entry.breaker.state(now_ns);
        if (state == BreakerState::kClosed) continue;
        const std::int64_t until_ns = entry.breaker.shut_until_ns(now_ns).value_or(now_ns);
        ways.push_back({key, std::string(to_string(state)), entry.reason,
                        clock_.now_ms() + (until_ns - now_ns) / kNsPerMs});
    }
    return ways;
}

}  // namespace gatehouse::egress
