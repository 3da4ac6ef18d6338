// RunnerBudget: how many runners there may be at once besides those that are always kept. A lane
// takes a place before it starts its process and gives it back when that has ended. When all are
// taken, the lane that has been idle for longest is asked to end.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace gatehouse::plugins {

// A lane, as far as the budget knows it.
class RestingLane {
  public:
    virtual ~RestingLane() = default;
    // Ends the process soon, unless a call came meanwhile. Called without any lock held.
    virtual void end_if_idle() = 0;
};

// [any thread] A lane may call all but take() with its own mutex held.
class RunnerBudget {
  public:
    explicit RunnerBudget(int places) : free_(places) {}
    RunnerBudget(const RunnerBudget&) = delete;
    RunnerBudget& operator=(const RunnerBudget&) = delete;
    ~RunnerBudget() { join_finished(); }

    // Waits for a place until `deadline`. False: there was none.
    bool take(std::chrono::steady_clock::time_point deadline);
    // `finished` is the lane's thread, which has nothing left to do. It is joined with the next
    // take(): a thread that nobody joins keeps its stack.
    void give_back(RestingLane& lane, std::thread finished = {});

    // Before lanes go: their threads may still be on the way out of them.
    void join_finished();

    // The lane has a process and no call; it has one again, or no process any more.
    void note_idle(RestingLane& lane);
    void note_busy(RestingLane& lane);

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int free_;
    std::size_t waiting_ = 0;
    std::list<RestingLane*> idle_;  // longest idle first
    std::unordered_map<RestingLane*, std::list<RestingLane*>::iterator> place_of_;
    std::vector<std::thread> finished_;
    std::unordered_set<RestingLane*> asked_;  // to end, and not heard of since
};

}  // namespace gatehouse::plugins
