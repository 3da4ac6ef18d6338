#include "config/yaml_tree.hpp"

#include <gtest/gtest.h>

namespace gatehouse::config {
namespace {

// The first problem's message, or "" when there is none.
std::string refusal(std::string_view text) {
    Problems problems;
    const auto root = parse_yaml(text, "f.yaml", problems);
    if (problems.empty()) return "";
    return to_string(problems.front());
}

TEST(YamlTree, KeepsKeysValuesAndPlaces) {
    Problems problems;
    const auto root = parse_yaml("a: 1\nb:\n  - 'x'\n  - {c: y}\n", "f.yaml", problems);
    ASSERT_TRUE(root);
    EXPECT_TRUE(problems.empty());
    ASSERT_EQ(root->items.size(), 2U);
    EXPECT_EQ(root->items[0].key, "a");
    EXPECT_EQ(root->items[0].text, "1");
    EXPECT_EQ(root->items[0].line, 1);
    EXPECT_EQ(root->items[0].column, 4);
    const YamlNode& list = root->items[1];
    ASSERT_EQ(list.items.size(), 2U);
    EXPECT_TRUE(list.items[0].is_quoted);
    EXPECT_EQ(list.items[0].line, 3);
    EXPECT_EQ(list.items[1].items[0].key, "c");
    EXPECT_EQ(list.items[1].items[0].key_column, 6);
}

TEST(YamlTree, TellsQuotedFromPlainAndNull) {
    Problems problems;
    const auto root = parse_yaml("a: 'null'\nb: null\nc:\nd: no\n", "f.yaml", problems);
    ASSERT_TRUE(root);
    EXPECT_EQ(root->items[0].kind, YamlNode::Kind::kScalar);
    EXPECT_TRUE(root->items[0].is_quoted);
    EXPECT_FALSE(root->items[1].kind == YamlNode::Kind::kScalar && root->items[1].is_quoted);
    EXPECT_EQ(root->items[2].kind, YamlNode::Kind::kNull);
    EXPECT_EQ(root->items[3].text, "no");
}

TEST(YamlTree, ReportsADuplicateKeyAtItsPlace) {
    EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"),
              "f.yaml:3:1: error: key 'a' stands here twice (the first is in line 1; keep one of "
              "them)");
}

TEST(YamlTree, RefusesAnchorsAliasesTagsAndComplexKeys) {
    EXPECT_NE(refusal("a: &x 1\nb: 2\n").find("1:4: error: anchors"), std::string::npos);
    EXPECT_NE(refusal("a: &x [1]\nb: *x\n").find("anchors"), std::string::npos);
    EXPECT_NE(refusal("a: !!str 1\n").find("tags"), std::string::npos);
    EXPECT_NE(refusal("a: !!binary aGk=\n").find("tags"), std::string::npos);
    EXPECT_NE(refusal("? [a, b]\n: 1\n").find("key"), std::string::npos);
    EXPECT_NE(refusal("{{a}}\n").find("key"), std::string::npos);
}

TEST(YamlTree, RefusesAnAliasBomb) {
    std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char c = 'b'; c < 'j'; ++c) {
        bomb += std::string(1, c) + ": &" + c + " [*" + static_cast<char>(c - 1) + "]\n";
    }
    EXPECT_NE(refusal(bomb), "");
}

TEST(YamlTree, RefusesDeepNesting) {
    EXPECT_NE(refusal("a: " + std::string(40, '[') + std::string(40, ']')), "");
    EXPECT_NE(refusal(std::string(100'000, '[')), "");
    EXPECT_NE(refusal(std::string(100'000, '{')), "");
    std::string block;
    for (int i = 0; i < 200; ++i)
        block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    EXPECT_NE(refusal(block).find("nested too deeply"), std::string::npos);
}

TEST(YamlTree, RefusesLargeFilesAndMasses) {
    EXPECT_NE(refusal(std::string(kMaxYamlBytes + 1, '#')).find("larger"), std::string::npos);
    std::string many = "a: [";
    for (int i = 0; i < 100'001; ++i)
        many += "1,";
    EXPECT_NE(refusal(many + "1]").find("too many"), std::string::npos);
}

TEST(YamlTree, RefusesEmptyFilesAndSecondDocuments) {
    EXPECT_NE(refusal("").find("empty"), std::string::npos);
    EXPECT_NE(refusal("# nothing\n").find("f.yaml"), std::string::npos);
    EXPECT_NE(refusal("a: 1\n---\nb: 2\n").find("more than one document"), std::string::npos);
}

TEST(YamlTree, RefusesBytesThatAreNoText) {
    EXPECT_NE(refusal("a: \xff\n").find("UTF-8"), std::string::npos);
    EXPECT_NE(refusal(std::string("a: \0b\n", 6)).find("f.yaml:1:1"), std::string::npos);
    EXPECT_NE(refusal("a: \x1b[2J\n").find("control"), std::string::npos);
}

// As Windows' editors save it: both orders, with the mark and without.
TEST(YamlTree, NamesTheEncodingOfAFileThatIsNotUtf8) {
    const std::string text = "business: acme\nstoreganise: {api: x}\n";
    for (const bool is_big : {true, false}) {
        for (const bool has_mark : {true, false}) {
            std::string wide;
            if (has_mark) wide += is_big ? "\xfe\xff" : "\xff\xfe";
            for (const char c : text) {
                if (is_big) wide += '\0';
                wide += c;
                if (!is_big) wide += '\0';
            }
            EXPECT_EQ(refusal(wide),
                      "f.yaml: error: the file is UTF-16, not UTF-8 (save it as UTF-8 in the "
                      "editor)");
        }
    }
    EXPECT_EQ(refusal("a: 1\nb: caf\xe9\nc: 2\n"),
              "f.yaml:2:1: error: the file is not UTF-8: here stand other bytes (save it as UTF-8 "
              "in the editor)");
    EXPECT_EQ(refusal("\xef\xbb\xbf"
                      "a: 1\n"),
              "")
        << "UTF-8's own mark is harmless";
}

TEST(YamlTree, NamesAnIndentationThatIsNotWhatItLooksLike) {
    for (const char* blank : {"\u00a0", "\u2003", "\u200b", "\u202f", "\u3000", "\ufeff"}) {
        for (const std::string before : {"", " ", "  "}) {
            const std::string odd = before + blank + " ";
            const std::string text = "a:\n  b: 1\n" + odd + "c: 2\nd: 3\n";
            const std::string said = refusal(text);
            EXPECT_NE(said.find("(U+"), std::string::npos) << said << text;
            EXPECT_NE(said.find("f.yaml:3:"), std::string::npos) << said << text;
        }
    }
    EXPECT_EQ(refusal("a: |\n  x\n  \u00a0\u00a0y\nb: 1\n"), "") << "within a text it is text";
    EXPECT_EQ(refusal("a: caf\u00e9\u00a0noir\n"), "");
    const std::string other = refusal("a: [1\nb: \u00a02\n");
    EXPECT_EQ(other.find("indentation holds"), std::string::npos) << other;
}

TEST(YamlTree, SaysWhereTheSyntaxBreaks) {
    const std::string text = refusal("a: 1\n  b: s3cret\n");
    EXPECT_NE(text.find("f.yaml:2:"), std::string::npos) << text;
    EXPECT_EQ(text.find("s3cret"), std::string::npos) << text;
    EXPECT_EQ(refusal("a: \"\\q\"\n").find("character: q"), std::string::npos);
}

}  // namespace
}  // namespace gatehouse::config
