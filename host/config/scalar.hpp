// Scalar: what a plain word means under YAML 1.2's core schema, and the two units that Gatehouse
// adds (durations and sizes). Only `true` and `false` are truths, `no` and `on` are words, 0123 is
// a hundred and twenty-three. [any thread]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"

namespace gatehouse::config {

enum class ScalarType { kNull, kBoolean, kInteger, kNumber, kText };

// The type of an unquoted scalar.
ScalarType scalar_type(std::string_view text);

std::optional<bool> parse_boolean(std::string_view text);

// Decimal with sign, 0o octal or 0x hexadecimal; nothing if it does not fit.
std::optional<std::int64_t> parse_integer(std::string_view text);

// Any integer or decimal fraction, exponents included; nothing for infinities and not-a-number.
std::optional<double> parse_number(std::string_view text);

// "500ms", "30s", "5m", "1h", "7d": a whole number and its unit. Nothing if it does not fit.
std::optional<std::int64_t> parse_duration_ms(std::string_view text);

// "512", "8KiB", "1MiB", "1GiB" in bytes. Nothing if it does not fit.
std::optional<std::int64_t> parse_size_bytes(std::string_view text);

// "02:00-05:00" in minutes after midnight. Nothing if the two are the same.
std::optional<DayWindow> parse_day_window(std::string_view text);

// The reverse, in the largest unit that divides it: "1h", "8KiB".
std::string format_duration(std::int64_t ms);
std::string format_size(std::int64_t bytes);

// Without needless digits: "100", "2.5".
std::string format_number(double value);

}  // namespace gatehouse::config
