#include "plugins/runner_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace gatehouse::plugins {
namespace {

constexpr int kSocketInChild = 3;
constexpr int kLibraryInChild = 4;

// What the child inherits: /dev/null, the pipe twice, the socket, the library if there is a copy of
// it, and nothing else.
class FileActions {
  public:
    FileActions(int socket, int output, int library) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, socket, kSocketInChild);
        const bool has_library = library >= 0;
        if (has_library) {
            ::posix_spawn_file_actions_adddup2(&actions_, library, kLibraryInChild);
        }
        ::posix_spawn_file_actions_addclosefrom_np(&actions_,
                                                   kSocketInChild + (has_library ? 2 : 1));
    }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

    const posix_spawn_file_actions_t* get() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

// Signals as a fresh program has them, and a session of its own: a terminal's Ctrl-C is for the
// host, which ends its runners in order.
class Attributes {
  public:
    Attributes() {
        sigset_t all;
        sigset_t none;
        ::sigfillset(&all);
        ::sigemptyset(&none);
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }

    const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_{};
};

tl::unexpected<Error> refused(const char* what, int error) {
    return fail(ErrorKind::kUnavailable, std::string("the runner does not start: ") + what + ": " +
                                             std::generic_category().message(error));
}

ProcessEnd describe(int status) {
    if (WIFSIGNALED(status)) {
        const char* name = ::sigabbrev_np(WTERMSIG(status));
        return {false, name != nullptr ? std::string("ended by SIG") + name
                                       : "ended by signal " + std::to_string(WTERMSIG(status))};
    }
    const int code = WEXITSTATUS(status);
    return {code == 0, "left with code " + std::to_string(code)};
}

}  // namespace

Result<std::unique_ptr<RunnerProcess>> RunnerProcess::start(const RunnerProcessOptions& options) {
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
        return refused("socketpair", errno);
    }
    UniqueFd ours(sockets[0]);
    const UniqueFd theirs(sockets[1]);
    std::array<int, 2> pipes{};
    if (::pipe2(pipes.data(), O_CLOEXEC) != 0) return refused("pipe", errno);
    UniqueFd output(pipes[0]);
    const UniqueFd printed(pipes[1]);
    ::fcntl(output.get(), F_SETFL, O_NONBLOCK);

    const FileActions actions(theirs.get(), printed.get(), options.library);
    const Attributes attributes;
    std::string name = "gatehouse-runner";
    std::array<char*, 2> arguments{name.data(), nullptr};
    std::array<char*, 1> environment{nullptr};
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, options.runner.c_str(), actions.get(), attributes.get(),
                                    arguments.data(), environment.data());
    if (error != 0) return refused(options.runner.c_str(), error);
    // It waits for its first frame, so it is bound before it does anything.
    auto cgroup =
        options.cgroups == nullptr ? nullptr : options.cgroups->take(pid, options.memory_mib);
    return std::unique_ptr<RunnerProcess>(
        new RunnerProcess(pid, std::move(ours), std::move(output), std::move(cgroup)));
}

RunnerProcess::RunnerProcess(pid_t pid, UniqueFd socket, UniqueFd output,
                             std::unique_ptr<RunnerCgroup> cgroup)
    : pid_(pid),
      socket_(std::move(socket)),
      output_(std::move(output)),
      cgroup_(std::move(cgroup)),
      watch_(pid) {}

std::string RunnerProcess::bounds() const {
    if (cgroup_ == nullptr) return "no cgroup";
    return cgroup_->is_complete() ? "cgroup" : "cgroup in part";
}

RunnerProcess::~RunnerProcess() {
    end();
}

void RunnerProcess::kill() {
    const std::lock_guard lock(mutex_);
    if (pid_ > 0) ::kill(pid_, SIGKILL);
}

ProcessEnd RunnerProcess::end() {
    kill();  // does not change how one that is already dying ended
    const std::lock_guard lock(mutex_);
    if (pid_ <= 0) return {};
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return describe(status);
}

}  // namespace gatehouse::plugins
