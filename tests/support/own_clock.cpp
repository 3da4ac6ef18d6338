// Preloaded into a process under test, it gives that process a time of day of its own: the real one
// and as many seconds more as the file says that GATEHOUSE_TEST_CLOCK names. The monotonic clock
// stays as it is. The file is read at every question, and by system calls alone: a sanitizer asks
// for the time before anything else of the process is ready, this library included.
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>

namespace {

long offset_s() {
    const char* file = std::getenv("GATEHOUSE_TEST_CLOCK");
    if (file == nullptr) return 0;
    const long fd = ::syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    std::array<char, 24> text{};
    ::syscall(SYS_read, fd, text.data(), text.size() - 1);
    ::syscall(SYS_close, fd);
    return std::strtol(text.data(), nullptr, 10);
}

}  // namespace

#define GATEHOUSE_INSTEAD extern "C" __attribute__((visibility("default")))

GATEHOUSE_INSTEAD int clock_gettime(clockid_t clock, timespec* out) noexcept {
    const long status = ::syscall(SYS_clock_gettime, clock, out);
    const bool is_of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    if (status == 0 && is_of_day) out->tv_sec += offset_s();
    return static_cast<int>(status);
}

GATEHOUSE_INSTEAD int gettimeofday(timeval* out, void* /*zone*/) noexcept {
    timespec now{};
    const int status = clock_gettime(CLOCK_REALTIME, &now);
    *out = {now.tv_sec, now.tv_nsec / 1000};
    return status;
}

GATEHOUSE_INSTEAD time_t time(time_t* out) noexcept {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (out != nullptr) *out = now.tv_sec;
    return now.tv_sec;
}
