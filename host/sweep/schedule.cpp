#include "sweep/schedule.hpp"

#include <cstdint>

#include "base/time_zone.hpp"

namespace gatehouse::sweep {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr int kMinutesPerDay = 1440;
constexpr std::int64_t kDayMs = kMinutesPerDay * kMinuteMs;

// FNV-1a: the same on every machine and in every version, so that a restart keeps the moment.
std::uint64_t hash_of(const std::string& text) {
    constexpr std::uint64_t kBasis = 14695981039346656037ULL;
    constexpr std::uint64_t kPrime = 1099511628211ULL;
    std::uint64_t hash = kBasis;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
    }
    return hash;
}

UnixMs midnight_before(const std::string& zone, UnixMs at_ms) {
    const auto day = day_at(zone, at_ms);
    const auto midnight =
        day ? day_begin_ms(zone, *day) : Result<UnixMs>(fail(day.error().kind, ""));
    return midnight ? *midnight : at_ms - at_ms % kDayMs;
}

}  // namespace

UnixMs next_full_ms(const std::string& business, const config::DayWindow& window,
                    const std::string& time_zone, UnixMs now_ms) {
    const int minutes = (window.end_minute - window.begin_minute + kMinutesPerDay) % kMinutesPerDay;
    const auto jitter_ms = static_cast<std::int64_t>(
        hash_of(business) % static_cast<std::uint64_t>(minutes * kMinuteMs));
    const std::int64_t after_midnight_ms = window.begin_minute * kMinuteMs + jitter_ms;
    // A window that runs past midnight may have begun yesterday.
    UnixMs at_ms = 0;
    for (int day = -1; at_ms <= now_ms; ++day) {
        at_ms = midnight_before(time_zone, now_ms + day * kDayMs) + after_midnight_ms;
    }
    return at_ms;
}

}  // namespace gatehouse::sweep
