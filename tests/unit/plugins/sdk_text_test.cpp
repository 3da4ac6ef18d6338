#include "gatehouse/sdk/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::sdk {
namespace {

// What web forms, spreadsheets and chats leave at a text's ends.
const char* const kUnseen[] = {
    " ",      "\t",     "\r\n",   "\v",     "\u0085", "\u00a0", "\u00ad", "\u061c",
    "\u1680", "\u180e", "\u2003", "\u2007", "\u200b", "\u200c", "\u200d", "\u200e",
    "\u200f", "\u2028", "\u2029", "\u202a", "\u202c", "\u202e", "\u202f", "\u2060",
    "\u2066", "\u2069", "\u3000", "\ufeff", "\ufffb", "\x7f",   "\x01",   "\U000e0020",
};

TEST(TextTest, TrimsWhatNobodySees) {
    for (const std::string unseen : kUnseen) {
        EXPECT_EQ(trim_unseen(unseen + "group:5011" + unseen), "group:5011") << show_unseen(unseen);
        EXPECT_EQ(trim_unseen(unseen + unseen + "a" + unseen + "b"), "a" + unseen + "b");
        EXPECT_EQ(trim_unseen(unseen), "");
        EXPECT_TRUE(has_unseen("a" + unseen + "b"));
    }
    EXPECT_EQ(trim_unseen(""), "");
}

TEST(TextTest, KeepsWhatIsSeenAndWhatIsBroken) {
    for (const std::string seen :
         {"Å", "é", "日本", "\U0001F600", "❤\ufe0f", "\xa0", "\xff", "\xe2\x80", "\xc2", "\x80"}) {
        EXPECT_EQ(trim_unseen(seen), seen);
        EXPECT_EQ(show_unseen(seen), seen);
        EXPECT_FALSE(has_unseen(seen));
    }
}

TEST(TextTest, WritesOutWhatNobodySees) {
    EXPECT_EQ(show_unseen("group:5011\u00a0"), "group:5011\\u00a0");
    EXPECT_EQ(show_unseen("a\tb c"), "a\\u0009b c");
    EXPECT_EQ(show_unseen("\U000e0041x"), "\\ue0041x");
    EXPECT_EQ(show_unseen("\U0001F468\u200d\U0001F469"), "\U0001F468\u200d\U0001F469");
    EXPECT_EQ(show_unseen("\u200dx"), "\\u200dx");
}

TEST(TextTest, ReadsAnEmailAsItWasPasted) {
    for (const std::string unseen : kUnseen) {
        EXPECT_EQ(pasted_email(unseen + "ann@example.test" + unseen), "ann@example.test");
        EXPECT_EQ(pasted_email("mailto:" + unseen + "ann@example.test"), "ann@example.test");
        EXPECT_EQ(pasted_email("ann" + unseen + "@example.test"), "") << show_unseen(unseen);
    }
    EXPECT_EQ(pasted_email("no address"), "");
    EXPECT_EQ(pasted_email("mailto:"), "");
    EXPECT_EQ(pasted_email(""), "");
}

}  // namespace
}  // namespace gatehouse::sdk
