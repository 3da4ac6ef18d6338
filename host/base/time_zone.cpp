#include "base/time_zone.hpp"

#include <date/tz.h>

#include <chrono>
#include <stdexcept>

namespace gatehouse {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kDayBytes = 10;  // "2026-11-22"

// Throws as locate_zone does: runtime_error for an unknown name or unreadable tzdata.
const date::time_zone& locate(std::string_view zone) {
    return *date::locate_zone(std::string(zone));
}

Result<date::local_days> parse_day(const std::string& day) {
    const Result<UnixMs> midnight = parse_utc(day);
    if (!midnight || day.size() != kDayBytes) {
        return fail(ErrorKind::kInvalid, "not a day as 2026-11-22");
    }
    const auto at = std::chrono::floor<date::days>(milliseconds{*midnight});
    return date::local_days{at};
}

// A skipped midnight gives the instant of the skip by itself: nothing lies between.
UnixMs first_moment(const date::time_zone& zone, date::local_days day) {
    const auto at = zone.to_sys(day, date::choose::earliest);
    return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

Result<UnixMs> moment_of_day(const std::string& zone, const std::string& day, int days_later) {
    const Result<date::local_days> parsed = parse_day(day);
    if (!parsed) {
        return tl::unexpected(parsed.error());
    }
    try {
        return first_moment(locate(zone), *parsed + date::days{days_later});
    } catch (const std::runtime_error&) {
        return fail(ErrorKind::kInvalid, "unknown time zone");
    }
}

}  // namespace

bool is_time_zone(std::string_view zone) {
    try {
        locate(zone);
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

Result<UnixMs> day_begin_ms(const std::string& zone, const std::string& day) {
    return moment_of_day(zone, day, 0);
}

Result<UnixMs> day_end_ms(const std::string& zone, const std::string& day) {
    return moment_of_day(zone, day, 1);
}

Result<std::string> day_at(const std::string& zone, UnixMs at_ms) {
    try {
        const date::sys_time<milliseconds> at{milliseconds{at_ms}};
        const auto local = locate(zone).to_local(at);
        return format_utc(
                   std::chrono::duration_cast<milliseconds>(local.time_since_epoch()).count())
            .substr(0, kDayBytes);
    } catch (const std::runtime_error&) {
        return fail(ErrorKind::kInvalid, "unknown time zone");
    }
}

}  // namespace gatehouse
