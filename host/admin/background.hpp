// Background: one thread for work that may wait for the disk, so that the edge's workers do not.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace gatehouse::admin {

class Background {
  public:
    class Job {
      public:
        virtual ~Job() = default;
        virtual void run() = 0;
        virtual void refuse() = 0;  // instead of run(), when too many jobs wait already
    };

    Background();
    ~Background();  // drops the jobs that have not begun
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    // Calls the job's run() on the thread, or refuse() at once on the caller's. [any thread]
    void add(std::unique_ptr<Job> job);

  private:
    void work();

    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::unique_ptr<Job>> jobs_;  // guarded by mutex_
    bool is_ending_ = false;                 // guarded by mutex_
    std::thread thread_;
};

}  // namespace gatehouse::admin
