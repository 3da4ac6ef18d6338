#include "egress/rate_limiter.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace gatehouse::egress {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

tl::unexpected<Error> too_late(std::int64_t delay_ns) {
    return postpone(ErrorKind::kRateLimited,
                    "the next turn under the rate limit comes after the deadline",
                    (delay_ns + kNsPerMs - 1) / kNsPerMs);
}

}  // namespace

RateLimiter::RateLimiter(const Clock& clock, Pause* pause, std::size_t max_keys)
    : clock_(clock), pause_(pause), max_keys_(max_keys) {}

std::int64_t RateLimiter::delay_ns(const std::string& key, double per_second, int burst) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return 0;
    const std::int64_t now_ns = clock_.steady_ns();
    return found->second->bucket.next_turn_ns(now_ns, per_second, burst) - now_ns;
}

Result<void> RateLimiter::wait(const std::string& key, double per_second, int burst,
                               std::int64_t deadline_ns) {
    std::unique_lock lock(mutex_);
    std::int64_t now_ns = clock_.steady_ns();
    if (is_stopped_) return fail(ErrorKind::kUnavailable, "the host is stopping");
    if (now_ns >= deadline_ns) return fail(ErrorKind::kUnavailable, "no time is left");

    Entry& entry = entry_of(key);
    const std::int64_t next_ns = entry.bucket.next_turn_ns(now_ns, per_second, burst);
    if (next_ns >= deadline_ns) return too_late(next_ns - now_ns);

    const RateBucket::Ticket ticket = entry.bucket.take(now_ns, per_second, burst);
    ++entry.waiters;
    Result<void> outcome;
    for (;;) {
        const std::int64_t turn_ns = entry.bucket.turn_ns(ticket);
        now_ns = clock_.steady_ns();
        if (turn_ns <= now_ns) break;
        if (turn_ns >= deadline_ns) {
            outcome = too_late(turn_ns - now_ns);
            break;
        }
        if (pause_ != nullptr) {
            pause_->wait(lock, stopped_, turn_ns - now_ns);
        } else {
            stopped_.wait_for(lock, std::chrono::nanoseconds(turn_ns - now_ns));
        }
        if (is_stopped_) {
            outcome = fail(ErrorKind::kUnavailable, "the host is stopping");
            break;
        }
    }
    --entry.waiters;
    return outcome;
}

void RateLimiter::pause(const std::string& key, std::int64_t delay_ms) {
    const std::lock_guard lock(mutex_);
    const std::int64_t now_ns = clock_.steady_ns();
    entry_of(key).bucket.pause(now_ns, now_ns + delay_ms * kNsPerMs);
}

void RateLimiter::stop() {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    stopped_.notify_all();
}

std::size_t RateLimiter::keys() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

RateLimiter::Entry& RateLimiter::entry_of(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) {
        entries_.splice(entries_.begin(), entries_, found->second);
        return *found->second;
    }
    forget_surplus();
    entries_.push_front(Entry{key, {}, 0});
    by_key_.emplace(key, entries_.begin());
    return entries_.front();
}

void RateLimiter::forget_surplus() {
    if (entries_.size() < max_keys_) return;
    const auto unused = std::find_if(entries_.rbegin(), entries_.rend(),
                                     [](const Entry& entry) { return entry.waiters == 0; });
    if (unused == entries_.rend()) return;
    by_key_.erase(unused->key);
    entries_.erase(std::next(unused).base());
}

}  // namespace gatehouse::egress
