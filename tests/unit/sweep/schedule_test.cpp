#include "sweep/schedule.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gatehouse::sweep {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr config::DayWindow kNight{120, 300};

UnixMs at(const char* text) {
    return parse_utc(text).value();
}

TEST(Schedule, PicksAMomentOfTheNextQuietHours) {
    const UnixMs next = next_full_ms("acme", kNight, "UTC", at("2026-11-22T12:00:00Z"));
    EXPECT_GE(next, at("2026-11-23T02:00:00Z"));
    EXPECT_LT(next, at("2026-11-23T05:00:00Z"));
    EXPECT_EQ(next_full_ms("acme", kNight, "UTC", next), next + 24 * kHourMs);
    EXPECT_EQ(next_full_ms("acme", kNight, "UTC", next - 1), next);
}

TEST(Schedule, TheTimeZoneDecides) {
    const UnixMs next = next_full_ms("acme", kNight, "Asia/Tokyo", at("2026-11-22T12:00:00Z"));
    EXPECT_GE(next, at("2026-11-22T17:00:00Z"));
    EXPECT_LT(next, at("2026-11-22T20:00:00Z"));
    const UnixMs utc = next_full_ms("acme", kNight, "No/Such", at("2026-11-22T12:00:00Z"));
    EXPECT_EQ(utc, next_full_ms("acme", kNight, "UTC", at("2026-11-22T12:00:00Z")));
}

TEST(Schedule, BusinessesDoNotBeginAtOnce) {
    std::set<UnixMs> moments;
    for (int i = 0; i < 100; ++i) {
        moments.insert(next_full_ms("business-" + std::to_string(i), kNight, "UTC",
                                    at("2026-11-22T12:00:00Z")));
    }
    EXPECT_GT(moments.size(), 95U);
}

TEST(Schedule, AWindowMayRunPastMidnight) {
    const config::DayWindow late{23 * 60, 60};
    UnixMs now = at("2026-11-22T12:00:00Z");
    for (int day = 0; day < 3; ++day) {
        const UnixMs next = next_full_ms("acme", late, "UTC", now);
        EXPECT_GT(next, now);
        EXPECT_LE(next, now + 37 * kHourMs);
        now = next;
    }
}

TEST(Schedule, ChangesOfTheClocksSkipNoDay) {
    UnixMs now = at("2026-03-25T12:00:00Z");
    for (int day = 0; day < 10; ++day) {
        const UnixMs next = next_full_ms("acme", kNight, "Europe/Copenhagen", now);
        EXPECT_GT(next, now);
        EXPECT_LE(next, now + (day == 0 ? 24 : 25) * kHourMs);
        now = next;
    }
    now = at("2026-10-22T12:00:00Z");
    for (int day = 0; day < 10; ++day) {
        const UnixMs next = next_full_ms("acme", kNight, "Europe/Copenhagen", now);
        EXPECT_LE(next, now + 25 * kHourMs);
        now = next;
    }
}

}  // namespace
}  // namespace gatehouse::sweep
