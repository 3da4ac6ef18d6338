// ProcessUsage: what a process takes of the machine, as /proc/PID/stat tells it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/unique_fd.hpp"

namespace gatehouse::plugins {

struct ProcessUsage {
    std::int64_t threads = 0;
    std::int64_t resident_pages = 0;
};

// Nothing if it is no such line. The process chooses its name in it, so that may hold anything.
std::optional<ProcessUsage> parse_process_stat(std::string_view line);

// Opened while the process can still be seen: later it hides itself. [any thread]
class UsageReader {
  public:
    explicit UsageReader(pid_t pid);

    // Nothing once the process is gone, or where there is no /proc.
    std::optional<ProcessUsage> read() const;

  private:
    UniqueFd file_;
};

}  // namespace gatehouse::plugins
