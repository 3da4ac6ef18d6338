#include "admin/request.hpp"

#include <gtest/gtest.h>

namespace gatehouse::admin {
namespace {

TEST(Request, TakesPathAndQueryApart) {
    const auto request = parse_request("GET", "/v1/events/by-sender/a%2Fb", "limit=5&state=open&x");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->path, (std::vector<std::string>{"v1", "events", "by-sender", "a/b"}));
    EXPECT_EQ(request->query.at("limit"), "5");
    EXPECT_EQ(request->query.at("x"), "");
}

TEST(Request, RefusesWhatIsAmbiguous) {
    for (const char* path : {"", "v1", "/", "//", "/v1/", "/v1//x", "/%", "/%4", "/%zz", "/a%00",
                             "/1/2/3/4/5/6/7/8/9"}) {
        EXPECT_FALSE(parse_request("GET", path, "")) << path;
    }
    for (const char* query : {"a=1&a=2", "=1", "a=%", "&", "a=1&", "1&2&3&4&5&6&7&8&9"}) {
        EXPECT_FALSE(parse_request("GET", "/v1", query)) << query;
    }
}

TEST(Request, ReadsIds) {
    EXPECT_EQ(parse_id("1"), 1);
    EXPECT_EQ(parse_id("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(parse_id("500", 500), 500);
    for (const char* text : {"", "0", "-1", "+1", " 1", "1 ", "1x", "9223372036854775808"}) {
        EXPECT_FALSE(parse_id(text)) << text;
    }
    EXPECT_FALSE(parse_id("501", 500));
}

}  // namespace
}  // namespace gatehouse::admin
