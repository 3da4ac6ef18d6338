#include "cli/text.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace gatehouse::cli {
namespace {

TEST(Harmless, KeepsTextInEveryScript) {
    for (const char* text : {"", "Unit A12", "Zoë's Lager", "倉庫 \xF0\x9F\x94\x91"}) {
        EXPECT_EQ(harmless(text), text);
    }
}

TEST(Harmless, TakesTheTeethOutOfTerminalControl) {
    EXPECT_EQ(harmless("\x1b[31mred\x07"), "?[31mred?");
    EXPECT_EQ(harmless("a\rb\nc\td\x7f"), "a?b?c?d?");
    EXPECT_EQ(harmless(std::string("a\0b", 3)), "a?b");
    EXPECT_EQ(harmless("\xC2\x9B"
                       "31m"),
              "?31m");  // C1: CSI in one character
    EXPECT_EQ(harmless("abc\xE2\x80\xAE"
                       "cba"),
              "abc?cba");                                       // right-to-left override
    EXPECT_EQ(harmless("a\xE2\x80\xA8z"), "a?z");               // line separator
    EXPECT_EQ(harmless("a\xE2\x81\xA6z\xEF\xBB\xBF"), "a?z?");  // isolate, byte order mark
}

TEST(Harmless, ReplacesWhatIsNotUtf8) {
    EXPECT_EQ(harmless("a\xFFz"), "a?z");
    EXPECT_EQ(harmless("a\xC3"), "a?");
    EXPECT_EQ(harmless("\xE2\x82"), "??");
    EXPECT_EQ(harmless("\xC0\x80"), "??");
    EXPECT_EQ(harmless("\xED\xA0\x80"), "???");
}

TEST(TextTable, AlignsColumnsByCharacters) {
    Table table({"name", "state"});
    table.add({"Zoë", "active"});
    table.add({"a long one", "x\ny"});
    std::ostringstream out;
    table.print(out);
    EXPECT_EQ(out.str(),
              "name        state\n"
              "Zoë         active\n"
              "a long one  x?y\n");
}

TEST(TextTable, KnowsWhenItIsEmpty) {
    Table table({"name"});
    EXPECT_TRUE(table.empty());
    table.add({"a"});
    EXPECT_FALSE(table.empty());
}

}  // namespace
}  // namespace gatehouse::cli
