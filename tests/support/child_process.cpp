#include "support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <stdexcept>

extern char** environ;

namespace gatehouse::test {
namespace {

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> made;
    for (std::string& text : strings) {
        made.push_back(text.data());
    }
    made.push_back(nullptr);
    return made;
}

std::vector<std::string> environment_of(const Program& program) {
    std::vector<std::string> made;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (program.environment.count(text.substr(0, text.find('='))) == 0) {
            made.push_back(text);
        }
    }
    for (const auto& [name, value] : program.environment) {
        made.push_back(name + "=" + value);
    }
    return made;
}

}  // namespace

ChildProcess::ChildProcess(const Program& program) : echo_(program.echo) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe");
    }
    output_fd_ = UniqueFd(ends[0]);
    const UniqueFd write_end(ends[1]);
    std::vector<std::string> arguments{program.path.string()};
    arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
    std::vector<std::string> environment = environment_of(program);
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    pid_ = ::fork();
    if (pid_ == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::dup2(write_end.get(), STDOUT_FILENO);
        ::dup2(write_end.get(), STDERR_FILENO);
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    if (pid_ < 0) {
        throw std::runtime_error("cannot fork");
    }
    reader_ = std::thread([this] { read_output(); });
}

ChildProcess::~ChildProcess() {
    kill();
    reader_.join();
}

void ChildProcess::read_output() {
    std::string partial;
    std::array<char, 4096> buffer{};
    ssize_t count = 0;
    while ((count = ::read(output_fd_.get(), buffer.data(), buffer.size())) > 0) {
        if (echo_) {
            (void)std::fwrite(buffer.data(), 1, static_cast<std::size_t>(count), stderr);
        }
        partial.append(buffer.data(), static_cast<std::size_t>(count));
        const std::lock_guard lock(mutex_);
        for (std::size_t end = 0; (end = partial.find('\n')) != std::string::npos;) {
            lines_.push_back(partial.substr(0, end));
            partial.erase(0, end + 1);
        }
        news_.notify_all();
    }
    const std::lock_guard lock(mutex_);
    if (!partial.empty()) {
        lines_.push_back(partial);
    }
    is_closed_ = true;
    news_.notify_all();
}

std::optional<std::string> ChildProcess::wait_for_line(
    const std::function<bool(const std::string&)>& wanted, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    std::size_t next = 0;
    std::unique_lock lock(mutex_);
    while (true) {
        for (; next < lines_.size(); ++next) {
            if (wanted(lines_[next])) {
                return lines_[next];
            }
        }
        if (is_closed_ || news_.wait_until(lock, until) == std::cv_status::timeout) {
            return std::nullopt;
        }
    }
}

std::optional<std::size_t> ChildProcess::wait_for_more(std::size_t seen_lines,
                                                       std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    news_.wait_for(lock, patience, [&] { return is_closed_ || lines_.size() > seen_lines; });
    return lines_.size() > seen_lines ? std::optional(lines_.size()) : std::nullopt;
}

std::string ChildProcess::output() {
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const std::string& line : lines_) {
        all += line + "\n";
    }
    return all;
}

void ChildProcess::signal(int number) {
    if (!status_) {
        ::kill(pid_, number);
    }
}

std::optional<int> ChildProcess::wait(std::chrono::milliseconds patience) {
    if (status_) {
        return status_;
    }
    const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    pollfd waiting{handle.get(), POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) != 1) {
        return std::nullopt;
    }
    int raw = 0;
    ::waitpid(pid_, &raw, 0);
    status_ = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
    return status_;
}

void ChildProcess::kill() {
    signal(SIGKILL);
    (void)wait();
}

std::filesystem::path binary_dir() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace gatehouse::test
