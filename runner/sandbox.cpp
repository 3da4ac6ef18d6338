#include "sandbox.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>

#include "landlock.hpp"
#include "system_calls.hpp"

namespace gatehouse::runner {
namespace {

constexpr std::uint64_t kMib = std::uint64_t{1024} * 1024;
// The program, its libraries and the threads' stacks, of which only a small part is ever touched.
constexpr std::uint64_t kOwnAddressSpaceMib = 192;
constexpr rlim_t kDescriptors = 32;

#if defined(GATEHOUSE_SANITIZED)
constexpr bool kLimitsAddresses = false;  // a sanitizer's shadow memory is terabytes of them
#else
constexpr bool kLimitsAddresses = true;
#endif

bool limit(int resource, rlim_t value) {
    const rlimit both{value, value};
    return ::setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0;
}

bool set_limits(std::uint32_t memory_mib) {
    bool is_done = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
                   limit(RLIMIT_NOFILE, kDescriptors) && limit(RLIMIT_MSGQUEUE, 0);
    if (kLimitsAddresses) {
        is_done = limit(RLIMIT_AS, (kOwnAddressSpaceMib + memory_mib) * kMib) && is_done;
    }
    return is_done;
}

}  // namespace

SandboxReport enter_sandbox(const SandboxOptions& options) {
    SandboxReport report;
    const auto require = [&report](bool is_done, const char* what) {
        if (is_done) return;
        report.is_complete = false;
        report.text += std::string(report.text.empty() ? "" : ", ") + "no " + what;
    };
    require(::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "parent-death signal");
    require(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
    require(::prctl(PR_SET_DUMPABLE, 0) == 0, "dumpable switch");
    require(set_limits(options.memory_mib), "limits");
    const int landlock = restrict_files(options.plugin_directory);
    require(filter_system_calls(), "system call filter");
    if (report.is_complete) report.text = "seccomp";
    report.text += landlock > 0 ? ", landlock " + std::to_string(landlock) : ", no landlock";
    return report;
}

bool seal_sandbox() {
    return filter_file_opening();
}

}  // namespace gatehouse::runner
