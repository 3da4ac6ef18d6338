#include "admin/background.hpp"

#include <exception>
#include <utility>

#include "observe/log.hpp"

namespace gatehouse::admin {
namespace {

constexpr std::size_t kMaxWaiting = 64;

}  // namespace

Background::Background() : thread_([this] { work(); }) {}

Background::~Background() {
    {
        const std::lock_guard lock(mutex_);
        is_ending_ = true;
    }
    news_.notify_one();
    thread_.join();
}

void Background::add(std::unique_ptr<Job> job) {
    {
        const std::lock_guard lock(mutex_);
        if (!is_ending_ && jobs_.size() < kMaxWaiting) {
            jobs_.push_back(std::move(job));
            news_.notify_one();
            return;
        }
    }
    job->refuse();
}

void Background::work() {
    while (true) {
        std::unique_ptr<Job> job;
        {
            std::unique_lock lock(mutex_);
            news_.wait(lock, [this] { return is_ending_ || !jobs_.empty(); });
            if (is_ending_) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
        }
        try {
            job->run();
        } catch (const std::exception& error) {
            observe::error("admin", "a request failed", {{"reason", error.what()}});
        }
    }
}

}  // namespace gatehouse::admin
