#include "observe/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "observe/journal.hpp"

namespace gatehouse::observe {
namespace {

constexpr std::size_t kMaxValueBytes = 512;

spdlog::logger& logger() {
    static const std::shared_ptr<spdlog::logger> instance = [] {
        auto made = std::make_shared<spdlog::logger>(
            "gatehouse", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_pattern("%v");
        made->set_level(spdlog::level::info);
        return made;
    }();
    return *instance;
}

spdlog::level::level_enum to_spdlog(Level level) {
    switch (level) {
        case Level::kDebug:
            return spdlog::level::debug;
        case Level::kInfo:
            return spdlog::level::info;
        case Level::kWarn:
            return spdlog::level::warn;
        case Level::kError:
            return spdlog::level::err;
    }
    return spdlog::level::err;
}

std::string_view word(Level level) {
    switch (level) {
        case Level::kDebug:
            return "debug";
        case Level::kInfo:
            return "info";
        case Level::kWarn:
            return "warn";
        case Level::kError:
            return "error";
    }
    return "error";
}

// As sd-daemon(3) names them.
std::string_view priority(Level level) {
    switch (level) {
        case Level::kDebug:
            return "<7>";
        case Level::kInfo:
            return "<6>";
        case Level::kWarn:
            return "<4>";
        case Level::kError:
            return "<3>";
    }
    return "<3>";
}

bool& are_priorities_written() {
    static bool are_written = false;
    return are_written;
}

void append_value(std::string& line, std::string_view value) {
    const std::string clean = shorten(value, kMaxValueBytes);
    const bool needs_quotes = clean.empty() || clean.find_first_of(" \"=") != std::string::npos;
    if (!needs_quotes) {
        line += clean;
        return;
    }
    line += '"';
    for (const char c : clean) {
        if (c == '"' || c == '\\') {
            line += '\\';
        }
        line += c;
    }
    line += '"';
}

}  // namespace

void log(Level level, std::string_view component, std::string_view message, Fields fields) {
    if (!is_enabled(level)) {
        return;
    }
    std::string line(are_priorities_written() ? priority(level) : "");
    line += format_utc(SystemClock().now_ms());
    line.append(" ").append(word(level)).append(" ").append(component).append(" ");
    line += shorten(message, kMaxValueBytes);
    for (const Field& field : fields) {
        line.append(" ").append(field.key).append("=");
        append_value(line, field.value);
    }
    logger().log(to_spdlog(level), line);
}

void set_level(Level level) {
    logger().set_level(to_spdlog(level));
}

void set_level_from_environment() {
    const char* text = std::getenv("GATEHOUSE_LOG");  // NOLINT(concurrency-mt-unsafe): one thread
    if (text == nullptr || *text == '\0') return;
    if (const auto level = level_from_string(text)) {
        set_level(*level);
    } else {
        warn("observe", "GATEHOUSE_LOG is none of debug, info, warn and error",
             {{"GATEHOUSE_LOG", text}});
    }
}

bool is_journal(std::string_view journal_stream, int descriptor) {
    struct stat about {};
    return ::fstat(descriptor, &about) == 0 &&
           journal_stream == std::to_string(about.st_dev) + ":" + std::to_string(about.st_ino);
}

void set_priorities(bool are_written) {
    are_priorities_written() = are_written;
}

void set_priorities_from_environment() {
    const char* stream = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe)
    set_priorities(stream != nullptr && is_journal(stream, STDERR_FILENO));
}

bool is_enabled(Level level) {
    return logger().should_log(to_spdlog(level));
}

std::optional<Level> level_from_string(std::string_view text) {
    for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarn, Level::kError}) {
        if (word(level) == text) {
            return level;
        }
    }
    return std::nullopt;
}

}  // namespace gatehouse::observe
