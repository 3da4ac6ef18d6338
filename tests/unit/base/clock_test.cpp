#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(ClockTest, FormatsInUtcWithMilliseconds) {
    EXPECT_EQ(format_utc(0), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(format_utc(1'637'493'992'105), "2021-11-21T11:26:32.105Z");
}

TEST(ClockTest, ReadsWhatItWrites) {
    for (const UnixMs at_ms : {UnixMs{0}, UnixMs{1'637'493'992'105}, UnixMs{4'102'444'799'999}}) {
        EXPECT_EQ(parse_utc(format_utc(at_ms)).value(), at_ms);
    }
}

TEST(ClockTest, ReadsDatesAndOffsets) {
    EXPECT_EQ(parse_utc("2021-11-21").value(), parse_utc("2021-11-21T00:00:00Z").value());
    EXPECT_EQ(parse_utc("2021-11-21T12:26+01:00").value(), parse_utc("2021-11-21T11:26Z").value());
    EXPECT_EQ(parse_utc("2021-11-21T11:26:32.1059Z").value(), 1'637'493'992'105);
}

class BadDateTest : public testing::TestWithParam<const char*> {};

TEST_P(BadDateTest, IsRefused) {
    EXPECT_FALSE(parse_utc(GetParam()).has_value());
}

INSTANTIATE_TEST_SUITE_P(Cases, BadDateTest,
                         testing::Values("", "2021", "2021-13-01", "2021-02-30", "2021-11-21T",
                                         "2021-11-21T25:00Z", "2021-11-21T11:26", "2021-11-21Z",
                                         "2021-11-21T11:26:32.Z", "2021-11-21T11:26:32Zx",
                                         "-021-11-21", "2021-11-21T11:26+1:00"));

}  // namespace
}  // namespace gatehouse
