#include "plugins/runner_output.hpp"

#include "base/encoding.hpp"

namespace gatehouse::plugins {
namespace {

constexpr std::size_t kMaxLineBytes = 1024;
constexpr int kMaxLines = 200;
constexpr std::chrono::seconds kWindow{60};

}  // namespace

void RunnerOutput::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        const std::size_t room = kMaxLineBytes - unfinished_.size();
        unfinished_.append(part.substr(0, room));
        if (end == std::string_view::npos) return;
        finish();
        bytes.remove_prefix(end + 1);
    }
}

void RunnerOutput::finish() {
    if (!unfinished_.empty()) line(observe::Level::kInfo, unfinished_);
    unfinished_.clear();
}

void RunnerOutput::line(observe::Level level, std::string_view text) {
    if (!is_within_budget()) return;
    observe::log(level, "plugins", shorten(secrets_.scrub(std::string(text)), kMaxLineBytes),
                 {{"plugin", plugin_}});
}

bool RunnerOutput::is_within_budget() {
    const auto now = std::chrono::steady_clock::now();
    if (now - window_start_ > kWindow) {
        window_start_ = now;
        lines_in_window_ = 0;
    }
    ++lines_in_window_;
    if (lines_in_window_ == kMaxLines) {
        observe::warn("plugins", "the plugin says too much, the rest of this minute is dropped",
                      {{"plugin", plugin_}});
    }
    return lines_in_window_ < kMaxLines;
}

}  // namespace gatehouse::plugins
