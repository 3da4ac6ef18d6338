#include "base/json.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(JsonTest, RefusesWhatIsNotOneDocument) {
    for (const char* text : {"", "{", "{}x", "{\"a\":1,}", "nul", "\"\xff\""}) {
        EXPECT_FALSE(parse_json(text).has_value()) << text;
    }
}

TEST(JsonTest, RefusesDeepNestingButNotBracketsInStrings) {
    EXPECT_FALSE(parse_json(std::string(100'000, '[')).has_value());
    EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')).has_value());
    EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')).has_value());
    EXPECT_TRUE(parse_json("\"" + std::string(100, '[') + "\\\"[\"").has_value());
}

TEST(JsonTest, MembersOfAnotherTypeAreAbsent) {
    const nlohmann::json value =
        parse_json(R"({"s":"x","b":true,"i":3,"big":18446744073709551615,"n":null})").value();
    EXPECT_EQ(string_member(value, "s"), "x");
    EXPECT_EQ(string_member(value, "i"), std::nullopt);
    EXPECT_EQ(bool_member(value, "b"), true);
    EXPECT_EQ(int_member(value, "i"), 3);
    EXPECT_EQ(int_member(value, "big"), std::nullopt);
    EXPECT_EQ(string_member(value, "n"), std::nullopt);
    EXPECT_EQ(member(nlohmann::json::array(), "s"), nullptr);
}

TEST(JsonTest, DumpReplacesBadUtf8) {
    EXPECT_EQ(dump_json(nlohmann::json{{"a", "\xff"}}), "{\"a\":\"\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace gatehouse
