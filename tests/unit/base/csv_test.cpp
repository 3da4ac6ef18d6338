#include "base/csv.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(CsvTest, EveryFieldStandsBetweenQuotes) {
    EXPECT_EQ(csv_line({"a", "", "b c"}), "\"a\",\"\",\"b c\"\r\n");
    EXPECT_EQ(csv_line({"say \"x\", y\nz"}), "\"say \"\"x\"\", y\nz\"\r\n");
}

TEST(CsvTest, WhatASpreadsheetTakesForAFormulaIsText) {
    EXPECT_EQ(csv_line({"=1+1", "+47 1", "-2", "@x", "\tx", "\rx", "\nx", "a=1"}),
              "\"'=1+1\",\"'+47 1\",\"'-2\",\"'@x\",\"'\tx\",\"'\rx\",\"'\nx\",\"a=1\"\r\n");
}

TEST(CsvTest, ValuesAreTextTruthsOrNothing) {
    EXPECT_EQ(csv_text("x"), "x");
    EXPECT_EQ(csv_text(true), "true");
    EXPECT_EQ(csv_text(false), "false");
    EXPECT_EQ(csv_text(nullptr), "");
    EXPECT_EQ(csv_text(nlohmann::json::object()), "");
}

}  // namespace
}  // namespace gatehouse
