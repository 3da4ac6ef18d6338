#include "config/scalar.hpp"

#include <gtest/gtest.h>

namespace gatehouse::config {
namespace {

TEST(Scalar, FollowsTheCoreSchema) {
    for (const char* text : {"", "~", "null", "Null", "NULL"}) {
        EXPECT_EQ(scalar_type(text), ScalarType::kNull) << text;
    }
    for (const char* text : {"true", "True", "FALSE"}) {
        EXPECT_EQ(scalar_type(text), ScalarType::kBoolean) << text;
    }
    for (const char* text : {"0", "-1", "+7", "0123", "0o17", "0xfF"}) {
        EXPECT_EQ(scalar_type(text), ScalarType::kInteger) << text;
    }
    for (const char* text : {"1.", ".5", "-1.5e3", "1e9", ".inf", "-.Inf", ".nan"}) {
        EXPECT_EQ(scalar_type(text), ScalarType::kNumber) << text;
    }
    for (const char* text : {"no", "yes", "on", "off", "y", "tRue", "1.0.0", "0o8", "0x", "-0x1",
                             "1_000", "12:30", "e5", ".", "-", "1e", "nan", "2026-01-01"}) {
        EXPECT_EQ(scalar_type(text), ScalarType::kText) << text;
    }
}

TEST(Scalar, ReadsNumbersAndRefusesWhatDoesNotFit) {
    EXPECT_EQ(parse_integer("0123"), 123);
    EXPECT_EQ(parse_integer("0o17"), 15);
    EXPECT_EQ(parse_integer("0xff"), 255);
    EXPECT_EQ(parse_integer("+5"), 5);
    EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
    EXPECT_FALSE(parse_integer("9223372036854775808"));
    EXPECT_FALSE(parse_integer("+-5"));
    EXPECT_FALSE(parse_integer("12a"));
    EXPECT_EQ(parse_number("1.5"), 1.5);
    EXPECT_EQ(parse_number("+.5"), 0.5);
    EXPECT_EQ(parse_number("2"), 2.0);
    EXPECT_FALSE(parse_number(".inf"));
    EXPECT_FALSE(parse_number("1e999"));
}

TEST(Scalar, ReadsDurations) {
    EXPECT_EQ(parse_duration_ms("500ms"), 500);
    EXPECT_EQ(parse_duration_ms("30s"), 30'000);
    EXPECT_EQ(parse_duration_ms("5m"), 300'000);
    EXPECT_EQ(parse_duration_ms("1h"), 3'600'000);
    EXPECT_EQ(parse_duration_ms("7d"), 604'800'000);
    for (const char* text : {"", "5", "h", "1 h", "1.5h", "-1s", "1H", "1h30m",
                             "99999999999999999d", "999999999999999999999s"}) {
        EXPECT_FALSE(parse_duration_ms(text)) << text;
    }
}

TEST(Scalar, ReadsPartsOfADay) {
    const auto night = parse_day_window("02:00-05:30");
    ASSERT_TRUE(night);
    EXPECT_EQ(night->begin_minute, 120);
    EXPECT_EQ(night->end_minute, 330);
    EXPECT_TRUE(parse_day_window("23:00-01:00"));
    for (const char* text : {"", "-", "02:00", "2:00-5:00", "02:00-02:00", "24:00-05:00",
                             "02:60-05:00", "02:00 - 05:00", "02:00-05:00-06:00", "0a:00-05:00"}) {
        EXPECT_FALSE(parse_day_window(text)) << text;
    }
}

TEST(Scalar, ReadsSizesAndNeverWraps) {
    EXPECT_EQ(parse_size_bytes("512"), 512);
    EXPECT_EQ(parse_size_bytes("8KiB"), 8192);
    EXPECT_EQ(parse_size_bytes("1MiB"), 1048576);
    for (const char* text : {"", "1KB", "1 MiB", "-1", "18014398509481985KiB", "9999999999GiB"}) {
        EXPECT_FALSE(parse_size_bytes(text)) << text;
    }
}

}  // namespace
}  // namespace gatehouse::config
