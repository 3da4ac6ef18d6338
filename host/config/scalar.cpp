#include "config/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace gatehouse::config {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

std::string_view without_sign(std::string_view text) {
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        text.remove_prefix(1);
    }
    return text;
}

std::size_t count_digits(std::string_view text) {
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                    text.begin());
}

bool is_decimal(std::string_view text) {
    text = without_sign(text);
    return !text.empty() && count_digits(text) == text.size();
}

bool is_based(std::string_view text, std::string_view prefix, std::string_view digits) {
    return text.size() > prefix.size() && text.starts_with(prefix) &&
           text.find_first_not_of(digits, prefix.size()) == std::string_view::npos;
}

bool is_octal(std::string_view text) {
    return is_based(text, "0o", "01234567");
}

bool is_hexadecimal(std::string_view text) {
    return is_based(text, "0x", "0123456789abcdefABCDEF");
}

bool is_fraction(std::string_view text) {
    text = without_sign(text);
    const std::size_t whole = count_digits(text);
    text.remove_prefix(whole);
    std::size_t after_point = 0;
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        after_point = count_digits(text);
        text.remove_prefix(after_point);
    }
    if (whole + after_point == 0) return false;
    if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
        text = without_sign(text.substr(1));
        const std::size_t exponent = count_digits(text);
        return exponent > 0 && exponent == text.size();
    }
    return text.empty();
}

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

constexpr std::array<Unit, 5> kDurations{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 4> kSizes{
    {{"GiB", 1'073'741'824}, {"MiB", 1'048'576}, {"KiB", 1'024}, {"", 1}}};

template <std::size_t N>
std::string format_with_unit(std::int64_t value, const std::array<Unit, N>& units) {
    for (const Unit& unit : units) {
        if (value >= unit.factor && value % unit.factor == 0) {
            return std::to_string(value / unit.factor).append(unit.name);
        }
    }
    return std::to_string(value).append(units.back().name);
}

template <std::size_t N>
std::optional<std::int64_t> parse_with_unit(std::string_view text,
                                            const std::array<Unit, N>& units) {
    const std::size_t digits = count_digits(text);
    std::int64_t count = 0;
    if (digits == 0 ||
        std::from_chars(text.data(), text.data() + digits, count).ec != std::errc{}) {
        return std::nullopt;
    }
    for (const Unit& unit : units) {
        if (text.substr(digits) == unit.name) {
            if (count > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
            return count * unit.factor;
        }
    }
    return std::nullopt;
}

constexpr std::size_t kTimeOfDaySize = 5;
constexpr int kMinutesPerHour = 60;

// "02:00" in minutes after midnight.
std::optional<int> parse_time_of_day(std::string_view text) {
    if (text.size() != kTimeOfDaySize || text[2] != ':') return std::nullopt;
    for (const std::size_t at : {0U, 1U, 3U, 4U}) {
        if (text[at] < '0' || text[at] > '9') return std::nullopt;
    }
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (hour >= 24 || minute >= kMinutesPerHour) return std::nullopt;
    return hour * kMinutesPerHour + minute;
}

}  // namespace

ScalarType scalar_type(std::string_view text) {
    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return ScalarType::kNull;
    if (parse_boolean(text)) return ScalarType::kBoolean;
    if (is_decimal(text) || is_octal(text) || is_hexadecimal(text)) return ScalarType::kInteger;
    if (is_fraction(text) || is_one_of(without_sign(text), {".inf", ".Inf", ".INF"}) ||
        is_one_of(text, {".nan", ".NaN", ".NAN"})) {
        return ScalarType::kNumber;
    }
    return ScalarType::kText;
}

std::optional<bool> parse_boolean(std::string_view text) {
    if (is_one_of(text, {"true", "True", "TRUE"})) return true;
    if (is_one_of(text, {"false", "False", "FALSE"})) return false;
    return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    int base = 10;
    if (is_octal(text) || is_hexadecimal(text)) {
        base = text[1] == 'o' ? 8 : 16;
        text.remove_prefix(2);
    } else if (!is_decimal(text)) {
        return std::nullopt;
    } else if (text.front() == '+') {
        text.remove_prefix(1);
    }
    std::int64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value, base).ec != std::errc{}) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> parse_number(std::string_view text) {
    if (const auto whole = parse_integer(text)) return static_cast<double>(*whole);
    if (!is_fraction(text)) return std::nullopt;
    if (text.front() == '+') text.remove_prefix(1);
    double value = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
    if (end.ec != std::errc{} || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
    return parse_with_unit(text, kDurations);
}

std::optional<std::int64_t> parse_size_bytes(std::string_view text) {
    return parse_with_unit(text, kSizes);
}

std::optional<DayWindow> parse_day_window(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto begin = parse_time_of_day(text.substr(0, dash));
    const auto end = parse_time_of_day(text.substr(dash + 1));
    if (!begin || !end || *begin == *end) return std::nullopt;
    return DayWindow{*begin, *end};
}

std::string format_duration(std::int64_t ms) {
    return format_with_unit(ms, kDurations);
}

std::string format_size(std::int64_t bytes) {
    return format_with_unit(bytes, kSizes);
}

std::string format_number(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

}  // namespace gatehouse::config
