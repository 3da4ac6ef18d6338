#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(EncodingTest, HexGoesBothWays) {
    const std::string bytes("\x00\x01\xfe\xff", 4);
    EXPECT_EQ(to_hex(bytes), "0001feff");
    EXPECT_EQ(from_hex("0001FeFf").value(), bytes);
    EXPECT_FALSE(from_hex("0").has_value());
    EXPECT_FALSE(from_hex("0g").has_value());
}

TEST(EncodingTest, Base64GoesBothWays) {
    for (const std::string text : {"", "f", "fo", "foo", "foob"}) {
        EXPECT_EQ(from_base64(to_base64(text)).value(), text);
    }
    EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
}

TEST(EncodingTest, Base64IsStrict) {
    for (const char* text : {"Zm9vYg", "Zm9v\nYg==", " Zm9vYg==", "Zm9=Yg==", "Zm9v*g==", "===="}) {
        EXPECT_FALSE(from_base64(text).has_value()) << text;
    }
}

TEST(EncodingTest, PercentEncodesAllButUnreserved) {
    EXPECT_EQ(percent_encode("a-b_c.d~e"), "a-b_c.d~e");
    EXPECT_EQ(percent_encode("a/b?c=d e"), "a%2Fb%3Fc%3Dd%20e");
}

TEST(EncodingTest, TellsUtf8) {
    EXPECT_TRUE(is_utf8("Grüße 🚪"));
    EXPECT_FALSE(is_utf8("\xC0\xAF"));          // overlong
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));      // surrogate
    EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));  // past U+10FFFF
    EXPECT_FALSE(is_utf8("\xE2\x82"));          // cut off
}

TEST(EncodingTest, ShortensAtACharactersEdgeAndCleans) {
    EXPECT_EQ(shorten("Grüße", 3), "Gr");
    EXPECT_EQ(shorten("a\nb\x1b[31m\xff", 20), "a?b?[31m?");
}

// What looks right and is not must be told apart by who reads the message.
TEST(EncodingTest, ShowsWhatNobodySees) {
    EXPECT_EQ(shorten("group:5011\u00a0", 40), "group:5011\\u00a0");
    EXPECT_EQ(shorten("\u200bann@x.test\ufeff", 40), "\\u200bann@x.test\\ufeff");
    EXPECT_EQ(shorten("\u202egnp.exe", 40), "\\u202egnp.exe");
    EXPECT_EQ(shorten("a b", 40), "a b");
    EXPECT_EQ(shorten("می\u200cخواهم", 40), "می\u200cخواهم");
    EXPECT_EQ(shorten("ab\u200d", 40), "ab\\u200d");
    EXPECT_EQ(shorten("abcd\u00a0", 9), "abcd") << "never half of what is written out";
    EXPECT_EQ(shorten(shorten("x\u00a0", 40), 40), "x\\u00a0");
}

}  // namespace
}  // namespace gatehouse
