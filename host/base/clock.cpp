#include "base/clock.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace gatehouse {
namespace {

// Takes exactly `digits` digits off the front of `text`.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
    if (text.size() < digits) {
        return false;
    }
    const char* end = text.data() + digits;
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end || text.front() == '-') {
        return false;
    }
    text.remove_prefix(digits);
    return true;
}

bool take(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

// Reads ".123456" as milliseconds; further digits are cut off.
bool take_fraction_ms(std::string_view& text, int& ms) {
    int scale = 100;
    std::size_t count = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        ms += (text.front() - '0') * scale;
        scale /= 10;
        ++count;
        text.remove_prefix(1);
    }
    return count > 0 && count <= 9;
}

bool take_offset_minutes(std::string_view& text, int& minutes) {
    if (take(text, 'Z')) {
        return true;
    }
    const bool is_west = !text.empty() && text.front() == '-';
    if (!take(text, '+') && !take(text, '-')) {
        return false;
    }
    int hour = 0;
    int minute = 0;
    if (!take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute) ||
        hour > 23 || minute > 59) {
        return false;
    }
    minutes = (hour * 60 + minute) * (is_west ? -1 : 1);
    return true;
}

struct Parts {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0, offset_minutes = 0;
};

bool read_parts(std::string_view text, Parts& p) {
    if (!take_number(text, 4, p.year) || !take(text, '-') || !take_number(text, 2, p.month) ||
        !take(text, '-') || !take_number(text, 2, p.day)) {
        return false;
    }
    if (text.empty()) {
        return true;
    }
    if (!take(text, 'T') || !take_number(text, 2, p.hour) || !take(text, ':') ||
        !take_number(text, 2, p.minute)) {
        return false;
    }
    if (take(text, ':')) {
        if (!take_number(text, 2, p.second)) {
            return false;
        }
        if (take(text, '.') && !take_fraction_ms(text, p.ms)) {
            return false;
        }
    }
    return take_offset_minutes(text, p.offset_minutes) && text.empty();
}

}  // namespace

UnixMs SystemClock::now_ms() const {
    using std::chrono::duration_cast;
    using std::chrono::milliseconds;
    return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::int64_t SystemClock::steady_ns() const {
    using std::chrono::duration_cast;
    using std::chrono::nanoseconds;
    return duration_cast<nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string format_utc(UnixMs at_ms) {
    using namespace std::chrono;
    const sys_time<milliseconds> at{milliseconds{at_ms}};
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{at - day};
    std::array<char, 48> text{};
    const int size = std::snprintf(
        text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
        static_cast<int>(time.subseconds().count()));
    return {text.data(), static_cast<std::size_t>(size)};
}

Result<UnixMs> parse_utc(std::string_view text) {
    using namespace std::chrono;
    Parts p;
    if (!read_parts(text, p)) {
        return fail(ErrorKind::kInvalid, "not a date or date-time");
    }
    const year_month_day date{year{p.year}, month{static_cast<unsigned>(p.month)},
                              day{static_cast<unsigned>(p.day)}};
    if (!date.ok() || p.hour > 23 || p.minute > 59 || p.second > 60) {
        return fail(ErrorKind::kInvalid, "not a possible date or time");
    }
    const auto at = sys_days{date} + hours{p.hour} + minutes{p.minute - p.offset_minutes} +
                    seconds{p.second} + milliseconds{p.ms};
    return duration_cast<milliseconds>(at.time_since_epoch()).count();
}

}  // namespace gatehouse
