#include "plugins/runner_budget.hpp"

#include <utility>

namespace gatehouse::plugins {

bool RunnerBudget::take(std::chrono::steady_clock::time_point deadline) {
    join_finished();
    std::unique_lock lock(mutex_);
    ++waiting_;
    while (free_ == 0) {
        if (!idle_.empty() && asked_.size() < waiting_) {
            RestingLane& lane = *idle_.front();
            place_of_.erase(&lane);
            idle_.pop_front();
            asked_.insert(&lane);
            lock.unlock();
            lane.end_if_idle();
            lock.lock();
            continue;
        }
        if (changed_.wait_until(lock, deadline) == std::cv_status::timeout && free_ == 0) break;
    }
    --waiting_;
    if (free_ == 0) return false;
    --free_;
    return true;
}

void RunnerBudget::join_finished() {
    std::vector<std::thread> finished;
    {
        const std::lock_guard lock(mutex_);
        finished.swap(finished_);
    }
    for (std::thread& thread : finished)
        thread.join();
}

void RunnerBudget::give_back(RestingLane& lane, std::thread finished) {
    const std::lock_guard lock(mutex_);
    if (finished.joinable()) finished_.push_back(std::move(finished));
    ++free_;
    asked_.erase(&lane);
    changed_.notify_one();
}

void RunnerBudget::note_idle(RestingLane& lane) {
    const std::lock_guard lock(mutex_);
    asked_.erase(&lane);
    if (place_of_.contains(&lane)) return;
    place_of_[&lane] = idle_.insert(idle_.end(), &lane);
    if (waiting_ > 0) changed_.notify_one();
}

void RunnerBudget::note_busy(RestingLane& lane) {
    const std::lock_guard lock(mutex_);
    if (asked_.erase(&lane) > 0) changed_.notify_one();
    const auto found = place_of_.find(&lane);
    if (found == place_of_.end()) return;
    idle_.erase(found->second);
    place_of_.erase(found);
}

}  // namespace gatehouse::plugins
