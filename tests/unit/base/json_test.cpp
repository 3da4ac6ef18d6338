#include "base/json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse {
namespace {

TEST(JsonTest, RefusesWhatIsNotOneDocument) {
    for (const char* text : {"", "{", "{}x", "{\"a\":1,}", "nul", "\xff", "{'a':1}", "\"\\ud83\"",
                             "\"\\x41\"", "{\"a\":}", "NaNN", "-"}) {
        EXPECT_FALSE(parse_json(text).has_value()) << text;
    }
}

// What others write and a strict reader refuses, and how it reads here.
struct Foreign {
    std::string text;
    std::string read;
};

const std::vector<Foreign>& foreign_texts() {
    static const std::string kBad = "\xEF\xBF\xBD";
    static const std::vector<Foreign> kTexts{
        {R"(box \ud83d)", "box " + kBad},  // cut behind the first half
        {R"(\ude00 box)", kBad + " box"},  // and before the second
        {R"(\ud83d\ud83d\ude00)", kBad + "\U0001F600"},
        {R"(\ude00\ud83d)", kBad + kBad},
        {R"(\uD83D\n)", kBad + "\n"},
        {R"(\ud83d\\ude00)", kBad + "\\ude00"},  // the backslash is text
        {R"(\\ud83d\ud83d)", "\\ud83d" + kBad},
        {R"(\ud83d\"\ud83d)", kBad + "\"" + kBad},
        {R"(\udfff\u0041)", kBad + "A"},
        {"\xff", kBad},
        {"caf\xe9", "caf" + kBad},                    // Latin-1
        {"a\xF0\x9F\x98", "a" + kBad + kBad + kBad},  // cut by bytes
        {"\xED\xA0\xBD", kBad + kBad + kBad},         // a surrogate as bytes
        {"\xC0\x80", kBad + kBad},                    // Java's zero
        {"\xF4\x90\x80\x80", kBad + kBad + kBad + kBad},
        {"one\ntwo\ttab\x01", "one\ntwo\ttab\x01"},  // raw control characters
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xff", "\u00e9\u20ac\U0001F600" + kBad},
    };
    return kTexts;
}

TEST(JsonTest, ReadsWhatAnotherWriterMadeOfAText) {
    for (const Foreign& foreign : foreign_texts()) {
        const std::string as_value = "{\"b\":[1,\"" + foreign.text + "\"],\"id\":\"r1\"}";
        const auto value = parse_json(as_value);
        ASSERT_TRUE(value) << as_value << value.error().message;
        EXPECT_EQ((*value)["b"][1], foreign.read);
        EXPECT_EQ((*value)["id"], "r1");
        const auto key = parse_json("{\"" + foreign.text + "\":7}");
        ASSERT_TRUE(key) << foreign.text;
        EXPECT_EQ((*key)[foreign.read], 7);
        // It is what is handed on, and reads the same again.
        EXPECT_EQ(parse_json(dump_json(*value)).value(), *value);
    }
}

TEST(JsonTest, ReadsNumbersThatAreNone) {
    const auto value = parse_json(R"({"a":NaN,"b":[Infinity,-Infinity],"c":1e999,"d":-1E+999,
        "e":"NaN Infinity 1e999","f":-12.5e1,"g":)" +
                                  std::string(400, '9') + "}");
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_TRUE((*value)["a"].is_null());
    EXPECT_EQ((*value)["b"], nlohmann::json::array({nullptr, nullptr}));
    EXPECT_GT((*value)["c"].get<double>(), 1e308);
    EXPECT_LT((*value)["d"].get<double>(), -1e308);
    EXPECT_EQ((*value)["e"], "NaN Infinity 1e999");
    EXPECT_EQ((*value)["f"], -125.0);
    EXPECT_EQ(int_member(*value, "g"), std::nullopt);
}

TEST(JsonTest, SaysAtWhichByteItStops) {
    EXPECT_EQ(parse_json(R"({"a":x})").error().message, "not JSON at byte 6");
    EXPECT_EQ(parse_json(R"({"a":1)").error().message, "not JSON: it ends at byte 6");
    EXPECT_EQ(parse_json("").error().message, "not JSON: it ends at byte 0");
    // Counted in what came, not in what was mended.
    for (const Foreign& foreign : foreign_texts()) {
        const std::string head = "{\"a\":\"" + foreign.text + "\",";
        EXPECT_EQ(parse_json(head + "x}").error().message,
                  "not JSON at byte " + std::to_string(head.size() + 1))
            << foreign.text;
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
