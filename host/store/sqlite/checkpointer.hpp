// Checkpointer: copies the write-ahead log into the database beside the writer, so that no sender
// waits for it. Only the last small piece is left to the writer: the log can start again from its
// beginning only in a moment in which nothing is added to it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "store/sqlite/database.hpp"

namespace gatehouse::store::sqlite {

class Checkpointer {
  public:
    // `start_frames`: from this length of the log on, in pages, it is copied.
    Checkpointer(std::unique_ptr<Database> database, std::int64_t start_frames);
    ~Checkpointer();

    // To be called after every commit. [writer's thread]
    void after_commit(Database& writer);

  private:
    void work();
    void copy_most();

    const std::int64_t start_frames_;
    std::unique_ptr<Database> database_;
    std::atomic<std::int64_t> frames_ = 0;
    std::atomic<bool> is_nearly_copied_ = false;

    std::mutex mutex_;
    std::condition_variable has_work_;
    bool is_wanted_ = false;
    bool is_closing_ = false;
    std::thread thread_;
};

}  // namespace gatehouse::store::sqlite
