// Control groups for runners, where the service manager delegates its own to this process (systemd:
// Delegate=yes, version 2 of control groups). The host moves into one part of it and each runner
// gets another, with bounds on processor time, memory and threads. docs/decisions/runner-limits.md.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace gatehouse::plugins {

// Where the kernel shows control groups; others in tests.
struct CgroupPlaces {
    std::filesystem::path mount = "/sys/fs/cgroup";
    std::filesystem::path own = "/proc/self/cgroup";
};

// A runner's own group; removed with the object, once the runner was waited for. [one thread]
class RunnerCgroup {
  public:
    RunnerCgroup(std::filesystem::path folder, bool is_complete);
    RunnerCgroup(const RunnerCgroup&) = delete;
    RunnerCgroup& operator=(const RunnerCgroup&) = delete;
    ~RunnerCgroup();

    // False if the runner is in it but a bound was refused.
    bool is_complete() const { return is_complete_; }

  private:
    const std::filesystem::path folder_;
    const bool is_complete_;
};

// [any thread, once made]
class RunnerCgroups {
  public:
    // Null where none is delegated: then nothing was changed. Else this process is now in "host" of
    // it. No runner may live yet; asked again, the same is found.
    static std::unique_ptr<RunnerCgroups> claim(const CgroupPlaces& places = {});

    // Moves a runner that is not yet served anything into a group of its own. Null if that was
    // refused.
    std::unique_ptr<RunnerCgroup> take(pid_t runner, std::uint32_t memory_mib) const;

  private:
    explicit RunnerCgroups(std::filesystem::path base) : base_(std::move(base)) {}

    const std::filesystem::path base_;
};

}  // namespace gatehouse::plugins
