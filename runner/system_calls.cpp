#include "system_calls.hpp"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace gatehouse::runner {
namespace {

constexpr std::array kAllowed{
    // what is open
    "read", "write", "readv", "writev", "pread64", "recvfrom", "recvmsg", "sendto", "sendmsg",
    "close", "lseek", "fstat", "newfstatat", "statx", "stat", "lstat", "access", "faccessat",
    "faccessat2", "readlink", "readlinkat", "getcwd", "poll", "ppoll", "shutdown",
    // memory
    "brk", "mmap", "munmap", "mprotect", "mremap", "madvise",
    // threads
    "futex", "set_robust_list", "get_robust_list", "rseq", "set_tid_address", "sched_yield",
    "sched_getaffinity", "sched_getparam", "sched_getscheduler", "sched_get_priority_max",
    "sched_get_priority_min", "membarrier", "exit", "exit_group", "restart_syscall", "gettid",
    "getpid", "getppid",
    // signals within
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
    // time, randomness, the system's names
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
    "getrandom", "uname", "sysinfo", "getuid", "geteuid", "getgid", "getegid", "getrlimit",
    "getrusage",
    // a filter can only be added to
    "seccomp"};

// All that take a path. newfstatat is also how this C library asks about an open descriptor; what
// prints does without the answer.
constexpr std::array kWithPaths{"open",       "openat",     "openat2", "stat",      "lstat",
                                "newfstatat", "statx",      "access",  "faccessat", "faccessat2",
                                "readlink",   "readlinkat", "getcwd"};

// How a sanitizer finds out whether memory can be read.
#if defined(GATEHOUSE_SANITIZED)
constexpr std::array kForSanitizers{"pipe", "pipe2"};
#else
constexpr std::array<const char*, 0> kForSanitizers{};
#endif

using Filter = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

Filter make_filter(std::uint32_t otherwise) {
    Filter filter(::seccomp_init(otherwise), &seccomp_release);
    // no_new_privs holds already, and the first filter lets nobody ask for it again.
    if (filter) ::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 0);
    return filter;
}

// Not every architecture has every call; one that it has not cannot be made.
template <typename... Conditions>
bool add(const Filter& filter, std::uint32_t action, const char* name, Conditions... conditions) {
    const int number = ::seccomp_syscall_resolve_name(name);
    if (number < 0) return true;
    return ::seccomp_rule_add(filter.get(), action, number, sizeof...(conditions), conditions...) ==
           0;
}

scmp_arg_cmp bits_are(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

scmp_arg_cmp equals(unsigned argument, scmp_datum_t value) {
    return {argument, SCMP_CMP_EQ, value, 0};
}

bool allow_with_conditions(const Filter& filter) {
    constexpr scmp_datum_t kWriting = O_ACCMODE | O_CREAT | O_TRUNC;
    const auto self = static_cast<scmp_datum_t>(::getpid());
    const std::uint32_t allow = SCMP_ACT_ALLOW;
    bool is_done = add(filter, allow, "open", bits_are(1, kWriting, O_RDONLY)) &&
                   add(filter, allow, "openat", bits_are(2, kWriting, O_RDONLY));
    // Threads, not processes. clone3 keeps its flags in memory, where a filter cannot look: the C
    // library falls back to clone when it does not exist.
    is_done = is_done && add(filter, allow, "clone", bits_are(0, CLONE_THREAD, CLONE_THREAD)) &&
              add(filter, SCMP_ACT_ERRNO(ENOSYS), "clone3");
    // abort() signals its own thread.
    is_done = is_done && add(filter, allow, "tgkill", equals(0, self));
    // Reading a limit, never setting one.
    is_done = is_done && add(filter, allow, "prlimit64", equals(2, 0));
    for (const scmp_datum_t command : std::array<scmp_datum_t, 2>{F_GETFD, F_GETFL}) {
        is_done = is_done && add(filter, allow, "fcntl", equals(1, command));
    }
    for (const scmp_datum_t option :
         std::array<scmp_datum_t, 3>{PR_SET_NAME, PR_GET_NAME, PR_SET_SECCOMP}) {
        is_done = is_done && add(filter, allow, "prctl", equals(0, option));
    }
    return is_done;
}

}  // namespace

bool filter_system_calls() {
    const Filter filter = make_filter(SCMP_ACT_ERRNO(EPERM));
    if (filter == nullptr) return false;
    for (const char* name : kAllowed) {
        if (!add(filter, SCMP_ACT_ALLOW, name)) return false;
    }
    for (const char* name : kForSanitizers) {
        if (!add(filter, SCMP_ACT_ALLOW, name)) return false;
    }
    return allow_with_conditions(filter) && ::seccomp_load(filter.get()) == 0;
}

bool filter_paths() {
    const Filter filter = make_filter(SCMP_ACT_ALLOW);
    if (filter == nullptr) return false;
    // A constructor may have started threads: the filter binds all of them or is refused.
    if (::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) != 0) return false;
    for (const char* name : kWithPaths) {
        if (!add(filter, SCMP_ACT_ERRNO(EACCES), name)) return false;
    }
    return ::seccomp_load(filter.get()) == 0;
}

}  // namespace gatehouse::runner
