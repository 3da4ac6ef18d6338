// ChildProcess: a program under test. Ends with the test, whatever happens: the kernel kills it
// when the thread that started it is gone, and the destructor ends it by its id.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"

namespace gatehouse::test {

struct Program {
    std::filesystem::path path;
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment;  // added to the test's own
    bool echo = false;                               // copy its output to the test's stderr
};

// [the thread that made it]
class ChildProcess {
  public:
    // Throws std::runtime_error if it cannot be started.
    explicit ChildProcess(const Program& program);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t pid() const { return pid_; }

    // The first line of output (stdout and stderr together), past or future, that `wanted` accepts.
    // Nothing if it ends or `patience` passes without one.
    std::optional<std::string> wait_for_line(const std::function<bool(const std::string&)>& wanted,
                                             std::chrono::milliseconds patience = kDefaultPatience);

    // Waits for output beyond the first `seen_lines` lines and gives the number of lines there are.
    // Nothing if it ended or stayed silent.
    std::optional<std::size_t> wait_for_more(std::size_t seen_lines,
                                             std::chrono::milliseconds patience = kDefaultPatience);

    // Everything printed so far.
    std::string output();

    void signal(int number);

    // Waits for the end and gives the exit status as a shell would: 128+n for a signal. Nothing if
    // it is still running after `patience`.
    std::optional<int> wait(std::chrono::milliseconds patience = kDefaultPatience);

    // SIGKILL and wait.
    void kill();

    static constexpr std::chrono::milliseconds kDefaultPatience{30'000};

  private:
    void read_output();

    pid_t pid_ = -1;
    UniqueFd output_fd_;
    bool echo_ = false;
    std::optional<int> status_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::vector<std::string> lines_;  // guarded by mutex_
    bool is_closed_ = false;          // guarded by mutex_
    std::thread reader_;
};

// Where the build puts the binaries: the folder of the running test.
std::filesystem::path binary_dir();

}  // namespace gatehouse::test
