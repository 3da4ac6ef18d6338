#include "priority.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace gatehouse::runner {
namespace {

constexpr int kNice = 5;

void write_to(const char* path, std::string_view text) {
    const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    [[maybe_unused]] const ssize_t written = ::write(fd, text.data(), text.size());
    ::close(fd);
}

}  // namespace

void step_back() {
    ::setpriority(PRIO_PROCESS, 0, kNice);
    const sched_param parameters{};
    ::sched_setscheduler(0, SCHED_BATCH, &parameters);
    // A session of its own is weighed as one, with however many threads, where the kernel does so.
    write_to("/proc/self/autogroup", std::to_string(kNice));
    write_to("/proc/self/oom_score_adj", "500");
}

}  // namespace gatehouse::runner
