// RunnerProcess: one gatehouse-runner as the operating system sees it: a child with a socket and a
// pipe for what it prints. What is said over the socket is the lane's business (runner_lane.hpp).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "plugins/runner_cgroup.hpp"
#include "plugins/runner_watch.hpp"

namespace gatehouse::plugins {

// How a process ended.
struct ProcessEnd {
    bool is_clean = false;  // exit code 0
    std::string text;       // "ended by SIGSEGV", "left with code 1"
};

struct RunnerProcessOptions {
    std::filesystem::path runner;            // the program
    const RunnerCgroups* cgroups = nullptr;  // null: none are delegated to this process
    std::uint32_t memory_mib = 128;          // what the group gives the plugin
    int library = -1;                        // the library's sealed copy; -1: there is none
};

class RunnerProcess {
  public:
    // Starts `options.runner` with the socket as descriptor 3, the library as 4, an empty
    // environment and its own session. The child dies with the calling thread, so that thread must
    // live as long as it. kUnavailable: the system refused.
    static Result<std::unique_ptr<RunnerProcess>> start(const RunnerProcessOptions& options);

    RunnerProcess(const RunnerProcess&) = delete;
    RunnerProcess& operator=(const RunnerProcess&) = delete;
    ~RunnerProcess();

    int socket() const { return socket_.get(); }
    int output() const { return output_.get(); }  // non-blocking; stdout and stderr

    // What bounds it from outside, for the status: "cgroup", "no cgroup".
    std::string bounds() const;

    // Its alarm is for the thread that called start().
    RunnerWatch& watch() { return watch_; }

    // [any thread]
    void kill();

    // Kills what still runs and waits. [owner]
    ProcessEnd end();

  private:
    RunnerProcess(pid_t pid, UniqueFd socket, UniqueFd output,
                  std::unique_ptr<RunnerCgroup> cgroup);

    std::mutex mutex_;
    pid_t pid_;  // -1 once waited for: the number may then be another's
    UniqueFd socket_;
    UniqueFd output_;
    const std::unique_ptr<RunnerCgroup> cgroup_;  // null: in none of its own
    RunnerWatch watch_;
};

}  // namespace gatehouse::plugins
