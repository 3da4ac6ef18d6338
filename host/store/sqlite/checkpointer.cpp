#include "store/sqlite/checkpointer.hpp"

#include <utility>

namespace gatehouse::store::sqlite {

Checkpointer::Checkpointer(std::unique_ptr<Database> database, std::int64_t start_frames)
    : start_frames_(start_frames), database_(std::move(database)), thread_([this] { work(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        is_closing_ = true;
    }
    has_work_.notify_one();
    thread_.join();
}

void Checkpointer::after_commit(Database& writer) {
    frames_ = writer.log_frames();
    if (frames_ < start_frames_) return;
    if (is_nearly_copied_.exchange(false)) {
        writer.checkpoint();
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        is_wanted_ = true;
    }
    has_work_.notify_one();
}

void Checkpointer::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        has_work_.wait(lock, [this] { return is_wanted_ || is_closing_; });
        if (is_closing_) return;
        lock.unlock();
        copy_most();
        lock.lock();
        is_wanted_ = false;
    }
}

// Each pass leaves what the writer added meanwhile, which is less each time.
void Checkpointer::copy_most() {
    constexpr int kPasses = 8;
    constexpr std::int64_t kSmallPiece = 400;
    for (int pass = 0; pass < kPasses; ++pass) {
        const std::int64_t copied = database_->checkpoint();
        if (frames_ - copied <= kSmallPiece) break;
    }
    is_nearly_copied_ = true;
}

}  // namespace gatehouse::store::sqlite
