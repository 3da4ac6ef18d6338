#include "gatehouse/sdk/utc_time.hpp"

#include <gtest/gtest.h>

namespace gatehouse::sdk {
namespace {

TEST(UtcTimeTest, ReadsWhatTheHostAndVendorsWrite) {
    EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(parse_time("2026-11-22T08:00:00Z"), 1'795'334'400'000);
    EXPECT_EQ(parse_time("2026-11-22T08:00:00.123Z"), 1'795'334'400'123);
    EXPECT_EQ(parse_time("2026-11-22T08:00:00.5Z"), 1'795'334'400'500);
    EXPECT_EQ(parse_time("2026-11-22T09:30:00.000+01:30"), 1'795'334'400'000);
    EXPECT_EQ(parse_time("2026-11-22T06:00:00-02:00"), 1'795'334'400'000);
    EXPECT_EQ(parse_time("2024-02-29T00:00:00Z"), 1'709'164'800'000);
}

TEST(UtcTimeTest, RefusesTheRest) {
    for (const char* text :
         {"", "2026", "2026-11-22", "2026-11-22T08:00:00", "2026-13-01T00:00:00Z",
          "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T08:60:00Z",
          "2026-11-22 08:00:00Z", "2026-11-22T08:00:00.Z", "soon", "2026-11-22T08:00:00Zx",
          "2026-11-22T08:00:00+0100"}) {
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
    }
}

TEST(UtcTimeTest, WritesWhatItReads) {
    for (const char* text :
         {"1970-01-01T00:00:00Z", "2026-11-22T08:59:01Z", "2100-12-31T23:59:59Z"}) {
        EXPECT_EQ(format_time(*parse_time(text)), text);
    }
}

}  // namespace
}  // namespace gatehouse::sdk
