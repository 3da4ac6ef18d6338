// RunnerProcess: one gatehouse-runner as the operating system sees it: a child with a socket and a
// pipe for what it prints. What is said over the socket is the lane's business (runner_lane.hpp).
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace gatehouse::plugins {

// How a process ended.
struct ProcessEnd {
    bool is_clean = false;  // exit code 0
    std::string text;       // "ended by SIGSEGV", "left with code 1"
};

class RunnerProcess {
  public:
    // Starts `runner` with the socket as descriptor 3, an empty environment and its own process
    // group. The child dies with the calling thread, so that thread must live as long as it.
    // kUnavailable: the system refused.
    static Result<std::unique_ptr<RunnerProcess>> start(const std::filesystem::path& runner);

    RunnerProcess(const RunnerProcess&) = delete;
    RunnerProcess& operator=(const RunnerProcess&) = delete;
    ~RunnerProcess();

    int socket() const { return socket_.get(); }
    int output() const { return output_.get(); }  // non-blocking; stdout and stderr

    // [any thread]
    void kill();

    // Kills what still runs and waits. [owner]
    ProcessEnd end();

  private:
    RunnerProcess(pid_t pid, UniqueFd socket, UniqueFd output);

    std::mutex mutex_;
    pid_t pid_;  // -1 once waited for: the number may then be another's
    UniqueFd socket_;
    UniqueFd output_;
};

}  // namespace gatehouse::plugins
