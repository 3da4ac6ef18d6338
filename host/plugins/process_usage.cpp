#include "plugins/process_usage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string>

namespace gatehouse::plugins {
namespace {

// As proc(5) counts them.
constexpr int kFirstAfterName = 3;
constexpr int kThreads = 20;
constexpr int kResident = 24;

std::optional<std::int64_t> whole(std::string_view word) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() || value < 0) return std::nullopt;
    return value;
}

}  // namespace

std::optional<ProcessUsage> parse_process_stat(std::string_view line) {
    const std::size_t name_end = line.rfind(") ");
    if (name_end == std::string_view::npos) return std::nullopt;
    std::string_view rest = line.substr(name_end + 2);
    ProcessUsage usage;
    for (int field = kFirstAfterName; !rest.empty(); ++field) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        const auto value = whole(rest.substr(0, end));
        if ((field == kThreads || field == kResident) && !value) return std::nullopt;
        if (field == kThreads) usage.threads = *value;
        if (field == kResident) {
            usage.resident_pages = *value;
            return usage;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return std::nullopt;
}

UsageReader::UsageReader(pid_t pid)
    : file_(::open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC)) {}

std::optional<ProcessUsage> UsageReader::read() const {
    std::array<char, 1024> bytes{};
    const ssize_t got = ::pread(file_.get(), bytes.data(), bytes.size(), 0);
    if (got <= 0) return std::nullopt;
    return parse_process_stat({bytes.data(), static_cast<std::size_t>(got)});
}

}  // namespace gatehouse::plugins
