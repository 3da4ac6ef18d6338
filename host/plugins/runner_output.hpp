// RunnerOutput: what a plugin says, by the log service or by printing, as lines of the host's log.
// Bounded: a plugin that talks without end fills neither the log nor the memory.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "observe/log.hpp"
#include "plugins/scrub.hpp"

namespace gatehouse::plugins {

// [one thread]
class RunnerOutput {
  public:
    // `secrets` are taken out of every line; they outlive this.
    RunnerOutput(std::string plugin, SpokenSecrets& secrets)
        : plugin_(std::move(plugin)), secrets_(secrets) {}

    // Printed bytes, as they come.
    void append(std::string_view bytes);
    // Printing ended; what stands without a line's end is a line.
    void finish();

    void line(observe::Level level, std::string_view text);

  private:
    bool is_within_budget();

    const std::string plugin_;
    SpokenSecrets& secrets_;
    std::string unfinished_;
    std::chrono::steady_clock::time_point window_start_{};
    int lines_in_window_ = 0;
};

}  // namespace gatehouse::plugins
