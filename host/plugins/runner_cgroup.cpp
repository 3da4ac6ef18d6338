#include "plugins/runner_cgroup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <thread>

#include "base/unique_fd.hpp"

namespace gatehouse::plugins {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHostGroup = "host";
constexpr std::string_view kRunnerPrefix = "runner-";
// As RunnerWatch bounds them where there is no control group.
constexpr int kMostThreads = 128;
// The program and its libraries beside what the manifest gives the plugin.
constexpr std::uint64_t kOwnMemoryMib = 64;
constexpr int kPeriodUs = 100'000;

// Never creates: the kernel's files are there or the bound is not to be had.
bool write_to(const fs::path& file, const std::string& text) {
    const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    return fd.get() >= 0 &&
           ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directory(folder, error);
    return !error;
}

// The line of version 2 is "0::/system.slice/gatehouse.service".
std::optional<fs::path> own_group(const CgroupPlaces& places) {
    std::ifstream file(places.own);
    std::string line;
    while (std::getline(file, line)) {
        if (line.rfind("0::/", 0) != 0) continue;
        fs::path group = places.mount / line.substr(std::string_view("0::/").size());
        return group.filename() == kHostGroup ? group.parent_path() : group;
    }
    return std::nullopt;
}

// A group of this user is one that was given to it. root owns all of them: only the service
// manager's mark tells which are its to change.
bool is_delegated(const fs::path& group) {
    std::array<char, 8> value{};
    for (const char* mark : {"user.delegate", "trusted.delegate"}) {
        if (::getxattr(group.c_str(), mark, value.data(), value.size()) == 1 && value[0] == '1') {
            return true;
        }
    }
    struct stat about {};
    return ::geteuid() != 0 && ::stat(group.c_str(), &about) == 0 && about.st_uid == ::geteuid();
}

// Left by a host that was killed.
void remove_old(const fs::path& base) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(base, error)) {
        if (entry.path().filename().string().rfind(kRunnerPrefix, 0) == 0) {
            ::rmdir(entry.path().c_str());
        }
    }
}

// Half of the processors, one at least: the other half is the host's, whatever a runner does.
std::string processor_bound() {
    const unsigned processors = std::max(std::thread::hardware_concurrency() / 2, 1U);
    return std::to_string(processors * kPeriodUs) + " " + std::to_string(kPeriodUs);
}

}  // namespace

RunnerCgroup::RunnerCgroup(fs::path folder, bool is_complete)
    : folder_(std::move(folder)), is_complete_(is_complete) {}

RunnerCgroup::~RunnerCgroup() {
    ::rmdir(folder_.c_str());
}

std::unique_ptr<RunnerCgroups> RunnerCgroups::claim(const CgroupPlaces& places) {
    const auto base = own_group(places);
    if (!base || !is_delegated(*base)) return nullptr;
    // Processes and bounds for others may not stand in the same group.
    const fs::path host = *base / kHostGroup;
    if (!make_folder(host) || !write_to(host / "cgroup.procs", "0")) return nullptr;
    remove_old(*base);
    bool is_useful = false;
    for (const char* controller : {"+cpu", "+memory", "+pids"}) {
        is_useful = write_to(*base / "cgroup.subtree_control", controller) || is_useful;
    }
    if (!is_useful) return nullptr;
    write_to(host / "cpu.weight", "10000");
    return std::unique_ptr<RunnerCgroups>(new RunnerCgroups(*base));
}

std::unique_ptr<RunnerCgroup> RunnerCgroups::take(pid_t runner, std::uint32_t memory_mib) const {
    const fs::path folder = base_ / (std::string(kRunnerPrefix) + std::to_string(runner));
    if (!make_folder(folder)) return nullptr;
    const std::uint64_t memory_bytes = (memory_mib + kOwnMemoryMib) * 1024 * 1024;
    bool is_complete = write_to(folder / "cpu.max", processor_bound());
    is_complete = write_to(folder / "pids.max", std::to_string(kMostThreads)) && is_complete;
    is_complete = write_to(folder / "memory.max", std::to_string(memory_bytes)) && is_complete;
    // Not every kernel has these, and the bounds hold without them.
    write_to(folder / "cpu.weight", "10");
    write_to(folder / "memory.swap.max", "0");
    write_to(folder / "memory.oom.group", "1");
    if (!write_to(folder / "cgroup.procs", std::to_string(runner))) {
        ::rmdir(folder.c_str());
        return nullptr;
    }
    return std::make_unique<RunnerCgroup>(folder, is_complete);
}

}  // namespace gatehouse::plugins
