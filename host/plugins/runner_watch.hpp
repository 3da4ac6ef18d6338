// RunnerWatch: sees that a runner uses processor time that no call asked for, or too many threads.
// A timer on the runner's own processor clock wakes the lane, so a runner that is idle costs
// nothing.
#pragma once

#include <sys/types.h>
#include <time.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/unique_fd.hpp"
#include "plugins/cpu_account.hpp"
#include "plugins/process_usage.hpp"

namespace gatehouse::plugins {

class RunnerWatch {
  public:
    // `pid` is a child that has not been waited for, and is loading its library: that counts as a
    // call until call_ends(). The signals of the timer go to the calling thread, which is the one
    // that waits on alarm().
    explicit RunnerWatch(pid_t pid);
    RunnerWatch(const RunnerWatch&) = delete;
    RunnerWatch& operator=(const RunnerWatch&) = delete;
    ~RunnerWatch();

    // A call comes into the plugin's hands, or leaves them: also while the host works for it. [any
    // thread]
    void call_begins() { change_calls(1); }
    void call_ends() { change_calls(-1); }

    // Readable once the runner may owe too much; -1 where the system has no such timers. [the
    // constructor's thread]
    int alarm() const { return signals_.get(); }

    // After alarm() was readable: why the runner must end, or empty. [the constructor's thread]
    std::string fault();

    // Its threads, and why it must end if they are too many. Looks at most once a second. [any
    // thread]
    std::string fault_in_threads();
    std::optional<ProcessUsage> usage() const { return reader_.read(); }

  private:
    void change_calls(int by);
    void arm(std::int64_t after_ns) const;

    const UsageReader reader_;
    UniqueFd signals_;
    clockid_t clock_ = 0;
    std::optional<timer_t> timer_;
    std::mutex mutex_;  // guards what follows
    CpuAccount account_;
    std::int64_t counted_ns_ = 0;  // when the threads were last counted
};

}  // namespace gatehouse::plugins
