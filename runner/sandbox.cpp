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
    const auto part = [&report](bool is_held, const char* name, const std::string& detail = {}) {
        if (!is_held) report.missing.emplace_back(name);
        report.text += (report.text.empty() ? "" : ", ") + std::string(is_held ? "" : "no ") +
                       name + (is_held ? detail : "");
    };
    const bool are_limits_set = ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
                                ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                                ::prctl(PR_SET_DUMPABLE, 0) == 0 && set_limits(options.memory_mib);
    const int landlock = restrict_files(options.plugin_directory);
    part(are_limits_set, "limits");
    part(filter_system_calls(), "seccomp");
    part(landlock > 0, "landlock", " " + std::to_string(landlock));
    return report;
}

bool seal_sandbox() {
    return filter_paths();
}

}  // namespace gatehouse::runner
