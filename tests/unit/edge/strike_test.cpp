// PINs leave a webhook wherever they stand in it, and however the member's name is written.
#include "edge/webhooks/strike.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::edge {
namespace {

std::string kept(std::string_view body) {
    return read_vendor_webhook(body, "/id", {"code", "keypadCode"}).kept;
}

TEST(StrikeTest, P8_AtAnyDepthAndOfAnyType) {
    EXPECT_EQ(kept(R"({"a":[{"code":"739164"},{"b":{"keypadCode":739164}}]})"),
              R"({"a":[{"code":null},{"b":{"keypadCode":null}}]})");
    EXPECT_EQ(kept(R"({"code":{"value":"739164","739164":[1]}})"), R"({"code":null})");
    EXPECT_EQ(kept(R"({"code":["739164"]})"), R"({"code":null})");
    EXPECT_EQ(kept(R"([[{"code":true}]])"), R"([[{"code":null}]])");
}

TEST(StrikeTest, P8_HoweverTheNameIsWritten) {
    EXPECT_EQ(kept(R"({"\u0063ode":"739164"})"), R"({"code":null})");
    EXPECT_EQ(kept(R"({"\u0063\u006F\u0064\u0065" : "739164"})"), R"({"code":null})");
}

TEST(StrikeTest, P8_AMemberThatStandsTwiceIsNotKeptTwice) {
    EXPECT_EQ(kept(R"({"code":"739164","code":null})"), R"({"code":null})");
    EXPECT_EQ(kept(R"({"code":null,"\u0063ode":"739164"})"), R"({"code":null})");
    EXPECT_EQ(kept(R"({"a":{"code":"739164"},"a":{"b":1}})"), R"({"a":{"b":1}})");
}

TEST(StrikeTest, OnlyTheNamedMembersGo) {
    const std::string body =
        R"({"Code":1,"codes":2,"error_code":"x","note":"the code","text":"\"code\":1"})";
    EXPECT_EQ(kept(body), body);
}

TEST(StrikeTest, WithoutNamesTheBytesStay) {
    const std::string body = R"({ "code": 1 , "code": 2 })";
    EXPECT_EQ(read_vendor_webhook(body, "", {}).kept, body);
    const WebhookContent rubbish = read_vendor_webhook("rubbish", "", {});
    EXPECT_EQ(rubbish.kept, "rubbish");
    EXPECT_FALSE(rubbish.envelope);
}

TEST(StrikeTest, P8_NothingIsKeptOfWhatCannotBeRead) {
    const std::string at_bound = std::string(32, '[') + std::string(32, ']');
    EXPECT_EQ(kept(at_bound), at_bound);
    for (const std::string& body :
         {std::string(), std::string(R"({"code":739164)"), std::string(R"({'code':739164})"),
          std::string(R"({"code":"739164"} x)"), "[" + at_bound + "]",
          std::string(R"({"\u00zzode":"739164"})")}) {
        const WebhookContent content = read_vendor_webhook(body, "/id", {"code"});
        EXPECT_FALSE(content.envelope) << body;
        EXPECT_EQ(content.kept, "") << body;
        if (!content.envelope) {
            EXPECT_EQ(content.envelope.error().message.find("739164"), std::string::npos);
        }
    }
}

TEST(StrikeTest, P8_TheIdAndTheTypeAreReadFromWhatIsKept) {
    const WebhookContent content =
        read_vendor_webhook(R"({"code":"739164","type":"code.set"})", "/code", {"code", "type"});
    ASSERT_TRUE(content.envelope);
    EXPECT_EQ(content.envelope->id, "");
    EXPECT_EQ(content.envelope->type, "vendor.event");
}

}  // namespace
}  // namespace gatehouse::edge
