#include "base/time_zone.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;

// A day, the UTC instant at which it begins and how long it lasts.
struct Row {
    const char* zone;
    const char* day;
    const char* begin;
    int hours;
};

void PrintTo(const Row& row, std::ostream* out) {
    *out << row.zone << " " << row.day;
}

class DayTest : public testing::TestWithParam<Row> {};

TEST_P(DayTest, BeginsAndEndsWhereItsPeopleSaySo) {
    const Row& row = GetParam();
    const Result<UnixMs> begin = day_begin_ms(row.zone, row.day);
    const Result<UnixMs> end = day_end_ms(row.zone, row.day);
    ASSERT_TRUE(begin.has_value() && end.has_value());
    EXPECT_EQ(format_utc(*begin), row.begin);
    EXPECT_EQ(*end - *begin, row.hours * kHourMs);
    EXPECT_EQ(day_at(row.zone, *begin), row.day);
    EXPECT_EQ(day_at(row.zone, *end - 1), row.day);
    EXPECT_NE(day_at(row.zone, *begin - 1), row.day);
    EXPECT_NE(day_at(row.zone, *end), row.day);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DayTest,
    testing::Values(Row{"UTC", "2026-02-28", "2026-02-28T00:00:00.000Z", 24},
                    Row{"Europe/Copenhagen", "2026-11-22", "2026-11-21T23:00:00.000Z", 24},
                    Row{"Europe/Copenhagen", "2026-03-29", "2026-03-28T23:00:00.000Z", 23},
                    Row{"Europe/Copenhagen", "2026-10-25", "2026-10-24T22:00:00.000Z", 25},
                    Row{"Europe/Copenhagen", "2036-10-26", "2036-10-25T22:00:00.000Z", 25},
                    Row{"America/Los_Angeles", "2026-03-08", "2026-03-08T08:00:00.000Z", 23},
                    Row{"Asia/Hong_Kong", "2026-11-22", "2026-11-21T16:00:00.000Z", 24},
                    Row{"Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00.000Z", 24},
                    // Clocks go from 24:00 of the day before to 01:00: no midnight.
                    Row{"America/Santiago", "2025-09-07", "2025-09-07T04:00:00.000Z", 23},
                    Row{"Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00.000Z", 23},
                    // Clocks go from midnight back to 23:00: that hour comes twice.
                    Row{"America/Santiago", "2025-04-05", "2025-04-05T03:00:00.000Z", 25},
                    // Clocks go from 01:00 back to 00:00: midnight comes twice.
                    Row{"America/Havana", "2025-11-02", "2025-11-02T04:00:00.000Z", 25},
                    Row{"Australia/Lord_Howe", "2026-11-22", "2026-11-21T13:00:00.000Z", 24}));

TEST(TimeZoneTest, UnknownZonesAndImpossibleDaysAreInvalid) {
    for (const char* zone : {"", "Europe/Atlantis", "europe/copenhagen", "../../etc/passwd"}) {
        EXPECT_FALSE(is_time_zone(zone)) << zone;
        EXPECT_EQ(day_begin_ms(zone, "2026-11-22").error().kind, ErrorKind::kInvalid);
        EXPECT_EQ(day_at(zone, 0).error().kind, ErrorKind::kInvalid);
    }
    for (const char* day : {"", "2026-02-30", "2026-11-22T00:00Z", "22.11.2026", "tomorrow"}) {
        EXPECT_EQ(day_end_ms("UTC", day).error().kind, ErrorKind::kInvalid) << day;
    }
    EXPECT_TRUE(is_time_zone("Asia/Hong_Kong"));
}

}  // namespace
}  // namespace gatehouse
