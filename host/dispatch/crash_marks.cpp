#include "dispatch/crash_marks.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace gatehouse::dispatch {
namespace {

constexpr std::int64_t kKeptSeconds = 7LL * 86'400;

constinit thread_local std::int64_t task_at_work = 0;  // 0 = none
constinit std::atomic<int> file_of_marks = -1;

// Writes `number` so that it ends before `end`; gives where it begins. For signal handlers.
char* write_number(char* end, std::int64_t number) {
    do {
        *--end = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return end;
}

// Only calls what may be called while anything else is broken.
[[maybe_unused]] void mark(int signal) {
    const int error = errno;
    const int file = file_of_marks.load();
    if (task_at_work > 0 && file >= 0) {
        timespec now{};
        clock_gettime(CLOCK_REALTIME, &now);
        std::array<char, 64> line{};
        char* const end = line.data() + line.size();
        char* begin = end;
        *--begin = '\n';
        begin = write_number(begin, now.tv_sec);
        *--begin = ' ';
        begin = write_number(begin, task_at_work);
        [[maybe_unused]] const auto written =
            write(file, begin, static_cast<std::size_t>(end - begin));
    }
    errno = error;
    // The handler is gone (SA_RESETHAND): the failure goes its way.
    std::raise(signal);
}

void mark_failures() {
    // The sanitizers' own handlers say more.
#ifndef GATEHOUSE_SANITIZED
    struct sigaction action {};
    action.sa_handler = mark;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
        sigaction(signal, &action, nullptr);
    }
#endif
}

tl::unexpected<Error> unusable(const std::filesystem::path& file) {
    return fail(ErrorKind::kUnavailable,
                file.string() + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<CrashMarks> CrashMarks::open(const std::filesystem::path& file, const Clock& clock) {
    CrashMarks marks;
    std::string kept;
    std::ifstream lines(file);
    std::int64_t task_id = 0;
    std::int64_t at_s = 0;
    while (lines >> task_id >> at_s) {
        if (at_s < clock.now_ms() / 1000 - kKeptSeconds) continue;
        ++marks.crashes_[task_id];
        kept += std::to_string(task_id) + ' ' + std::to_string(at_s) + '\n';
    }
    lines.close();
    const int opened =
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
    if (opened < 0) return unusable(file);
    if (write(opened, kept.data(), kept.size()) != static_cast<ssize_t>(kept.size())) {
        ::close(opened);
        return unusable(file);
    }
    // For the life of the process: a failure may come at any time.
    if (const int before = file_of_marks.exchange(opened); before >= 0) ::close(before);
    mark_failures();
    return marks;
}

int CrashMarks::crashes(std::int64_t task_id) const {
    const auto found = crashes_.find(task_id);
    return found == crashes_.end() ? 0 : found->second;
}

CrashMarks::AtWork::AtWork(std::int64_t task_id) {
    task_at_work = task_id;
}

CrashMarks::AtWork::~AtWork() {
    task_at_work = 0;
}

}  // namespace gatehouse::dispatch
