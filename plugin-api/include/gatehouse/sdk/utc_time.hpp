// RFC 3339 times, as the host and most vendors write them. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::sdk {
namespace detail {

// Reads digits off the front of a text, strictly.
class TimeReader {
  public:
    explicit TimeReader(std::string_view text) : rest_(text) {}

    int number(std::size_t digits) {
        int value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (i >= rest_.size() || rest_[i] < '0' || rest_[i] > '9') {
                is_good_ = false;
                return 0;
            }
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return value;
    }

    bool next_is(char c) const { return !rest_.empty() && rest_.front() == c; }

    bool take(char c) {
        if (!next_is(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    void expect(char c) { is_good_ = take(c) && is_good_; }

    int fraction_ms() {
        int value = 0;
        int digits = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++digits) {
            if (digits < 3) value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        is_good_ = is_good_ && digits > 0;
        for (; digits < 3; ++digits) {
            value *= 10;
        }
        return value;
    }

    bool is_done() const { return is_good_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool is_good_ = true;
};

inline int offset_minutes(TimeReader& reader) {
    if (reader.take('Z')) return 0;
    const bool is_west = reader.take('-');
    if (!is_west) reader.expect('+');
    const int hours = reader.number(2);
    reader.expect(':');
    const int minutes = hours * 60 + reader.number(2);
    return is_west ? -minutes : minutes;
}

}  // namespace detail

// Milliseconds since 1970 of "2026-11-22T08:00:00[.123]Z" or with "+01:00"; nothing if it is not
// one.
inline std::optional<std::int64_t> parse_time(std::string_view text) {
    using namespace std::chrono;
    detail::TimeReader reader(text);
    const int year_number = reader.number(4);
    reader.expect('-');
    const int month_number = reader.number(2);
    reader.expect('-');
    const int day_number = reader.number(2);
    reader.expect('T');
    const int hour = reader.number(2);
    reader.expect(':');
    const int minute = reader.number(2);
    reader.expect(':');
    const int second = reader.number(2);
    const int ms = reader.take('.') ? reader.fraction_ms() : 0;
    const int offset = detail::offset_minutes(reader);
    const year_month_day date{year(year_number), month(static_cast<unsigned>(month_number)),
                              day(static_cast<unsigned>(day_number))};
    if (!reader.is_done() || !date.ok() || hour > 23 || minute > 59 || second > 60) {
        return std::nullopt;
    }
    const auto at = sys_days(date) + hours(hour) + minutes(minute - offset) + seconds(second);
    return duration_cast<milliseconds>(at.time_since_epoch()).count() + ms;
}

// "2026-11-22T08:00:00Z"; milliseconds are cut off.
inline std::string format_time(std::int64_t at_ms) {
    using namespace std::chrono;
    const sys_seconds at(floor<seconds>(milliseconds(at_ms)));
    const auto midnight = floor<days>(at);
    const year_month_day date(midnight);
    const hh_mm_ss time(at - midnight);
    char text[64];
    std::snprintf(text, sizeof(text), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return text;
}

}  // namespace gatehouse::sdk
