// The debug log: one line an entry on stderr, for journald or a container's collector.
//
//   2026-11-22T08:00:00.123Z info edge listening address=0.0.0.0 port=8443
//
// Values are quoted where they hold blanks and control characters are escaped, so outside text can
// never forge a line. A Secret has no way in here (promise P8). [any thread]
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::observe {

enum class Level { kDebug, kInfo, kWarn, kError };

struct Field {
    Field(std::string_view field_key, std::string_view field_value)
        : key(field_key), value(field_value) {}
    Field(std::string_view field_key, const char* field_value)
        : key(field_key), value(field_value) {}
    Field(std::string_view field_key, std::integral auto number)
        : key(field_key), value(std::to_string(number)) {}

    std::string_view key;
    std::string value;
};

using Fields = std::initializer_list<Field>;

// `component` is the folder that speaks: "edge", "store".
void log(Level level, std::string_view component, std::string_view message, Fields fields = {});

inline void debug(std::string_view component, std::string_view message, Fields fields = {}) {
    log(Level::kDebug, component, message, fields);
}
inline void info(std::string_view component, std::string_view message, Fields fields = {}) {
    log(Level::kInfo, component, message, fields);
}
inline void warn(std::string_view component, std::string_view message, Fields fields = {}) {
    log(Level::kWarn, component, message, fields);
}
inline void error(std::string_view component, std::string_view message, Fields fields = {}) {
    log(Level::kError, component, message, fields);
}

// Entries below `level` are dropped; the default is kInfo.
void set_level(Level level);

// Takes the level from the environment's GATEHOUSE_LOG; warns of a word that is no level. [one
// thread, before others are started]
void set_level_from_environment();

// Asks before building the fields of a frequent entry.
bool is_enabled(Level level);

// "debug", "info", "warn" or "error"; nothing for another word.
std::optional<Level> level_from_string(std::string_view word);

}  // namespace gatehouse::observe
