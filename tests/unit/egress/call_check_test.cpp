#include "egress/call_check.hpp"

#include <gtest/gtest.h>

namespace gatehouse::egress {
namespace {

HttpCall with_header(std::string name, std::string value) {
    HttpCall call;
    call.headers.emplace_back(std::move(name), std::move(value));
    return call;
}

TEST(CallCheckTest, LetsOrdinaryCallsPass) {
    EXPECT_TRUE(check_call(with_header("Authorization", "KISI-LOGIN abc")));
    EXPECT_TRUE(check_call(with_header("X-Empty", "")));
    EXPECT_TRUE(check_call(with_header("X-Text", "tab\tand \xc3\xa4")));
}

TEST(CallCheckTest, RefusesHeaderInjection) {
    for (const std::string& value :
         {std::string("a\r\nX: b"), std::string("a\nb"), std::string("a\rb"),
          std::string("a\0b", 3), std::string("a\x7f"), std::string("\x01")}) {
        const auto checked = check_call(with_header("X-Text", value));
        ASSERT_FALSE(checked);
        EXPECT_EQ(checked.error().kind, ErrorKind::kInvalid);
    }
    for (const char* name : {"", "X Key", "X:Key", "X\r\nKey", "X-\xc3\xa4", ":path"}) {
        EXPECT_FALSE(check_call(with_header(name, "x"))) << name;
    }
}

// Not `invalid`: that would make a dead letter of each renter's work.
TEST(CallCheckTest, AKeyThatCannotBeSentIsAMatterOfCredentials) {
    for (const char* name : {"Authorization", "authorization", "X-API-KEY", "X-Auth-Token",
                             "seam-api-key", "X-Secret"}) {
        for (const char* value : {"KISI-LOGIN key\r", "key\n", "\x01key", "key\x7f"}) {
            EXPECT_EQ(check_call(with_header(name, value)).error().kind, ErrorKind::kAuth)
                << name << value;
        }
    }
    EXPECT_EQ(check_call(with_header("X-Note", "a\r")).error().kind, ErrorKind::kInvalid);
}

TEST(CallCheckTest, RefusesMalformedMethods) {
    for (const char* method : {"", "GET /x", "GE\r\nT", "ABCDEFGHIJKLMNOPQ"}) {
        HttpCall call;
        call.method = method;
        EXPECT_FALSE(check_call(call)) << method;
    }
}

TEST(CallCheckTest, RefusesHeadersThatAreTheHostsOwn) {
    for (const char* name : {"Host", "content-length", "Transfer-Encoding", "CONNECTION", "Expect",
                             "Upgrade", "TE", "Trailer", "Proxy-Authorization"}) {
        EXPECT_FALSE(check_call(with_header(name, "x"))) << name;
    }
}

TEST(CallCheckTest, NeverQuotesTheValue) {
    const auto checked = check_call(with_header("Authorization", "hunter2\r\n"));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().message.find("hunter2"), std::string::npos);
}

TEST(CallCheckTest, BoundsTheHead) {
    EXPECT_FALSE(check_call(with_header("X-Long", std::string(17'000, 'a'))));
}

}  // namespace
}  // namespace gatehouse::egress
