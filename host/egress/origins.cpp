#include "egress/origins.hpp"

#include <chrono>

namespace gatehouse::egress {
namespace {

// A vendor that is only busy has a free place soon; behind one that hangs nobody should queue.
constexpr std::chrono::milliseconds kMaxWait{500};
constexpr std::int64_t kFullMs = 5'000;

}  // namespace

Result<void> Origins::enter(const std::string& origin) {
    std::unique_lock lock(mutex_);
    const auto is_free = [&] {
        const auto found = under_way_.find(origin);
        return is_stopped_ || found == under_way_.end() || found->second < most_;
    };
    if (!left_.wait_for(lock, kMaxWait, is_free)) {
        return postpone(ErrorKind::kUnavailable,
                        origin + " has as many requests under way as it may have", kFullMs);
    }
    if (is_stopped_) return fail(ErrorKind::kUnavailable, "the host is stopping");
    ++under_way_[origin];
    return {};
}

void Origins::leave(const std::string& origin) {
    const std::lock_guard lock(mutex_);
    const auto found = under_way_.find(origin);
    const bool was_full = found->second >= most_;
    if (--found->second == 0) under_way_.erase(found);
    // Those who wait may wait for different origins.
    if (was_full) left_.notify_all();
}

void Origins::stop() {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    left_.notify_all();
}

}  // namespace gatehouse::egress
