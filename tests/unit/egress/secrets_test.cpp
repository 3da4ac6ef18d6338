#include "egress/secrets.hpp"

#include <gtest/gtest.h>

namespace gatehouse::egress {
namespace {

Secrets make_secrets() {
    return {
        {"key", Secret("s3cr3t-\"&/ +")}, {"pin", Secret("12")}, {"odd", Secret("{{secret:key}}")}};
}

TEST(SecretsTest, FillsInWithTheEncodingOfThePlace) {
    HttpCall call;
    call.url = "https://a.example/x/{{secret:key}}?q={{secret:key}}";
    call.headers = {{"Authorization", "Login {{secret:key}}"}};
    call.body = "{{secret:key}}{{secret:pin}}";
    const auto used = fill_in(make_secrets(), call);
    ASSERT_TRUE(used);
    EXPECT_EQ(*used, (std::vector<std::string>{"key", "pin"}));
    EXPECT_EQ(call.url, "https://a.example/x/s3cr3t-%22%26%2F%20%2B?q=s3cr3t-%22%26%2F%20%2B");
    EXPECT_EQ(call.headers[0].second, "Login s3cr3t-\"&/ +");
    EXPECT_EQ(call.body, "s3cr3t-\"&/ +12");
}

TEST(SecretsTest, TheBodysEncodingFollowsItsType) {
    HttpCall call;
    call.headers = {{"content-type", "application/json; charset=utf-8"}};
    call.body = R"({"k":"{{secret:key}}"})";
    ASSERT_TRUE(fill_in(make_secrets(), call));
    EXPECT_EQ(call.body, R"({"k":"s3cr3t-\"&/ +"})");

    call.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    call.body = "k={{secret:key}}";
    ASSERT_TRUE(fill_in(make_secrets(), call));
    EXPECT_EQ(call.body, "k=s3cr3t-%22%26%2F%20%2B");
}

TEST(SecretsTest, AFilledInValueIsNotReadAgain) {
    HttpCall call;
    call.body = "{{secret:odd}}";
    ASSERT_TRUE(fill_in(make_secrets(), call));
    EXPECT_EQ(call.body, "{{secret:key}}");
}

TEST(SecretsTest, UnknownNamesAndBrokenReferencesAreInvalid) {
    for (const char* body :
         {"{{secret:none}}", "{{secret:}}", "{{secret:key", "{{secret:key}",
          "{{secret:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}}"}) {
        HttpCall call;
        call.body = body;
        const auto used = fill_in(make_secrets(), call);
        ASSERT_FALSE(used) << body;
        EXPECT_EQ(used.error().kind, ErrorKind::kInvalid);
        EXPECT_EQ(used.error().message.find("s3cr3t"), std::string::npos);
    }
}

TEST(SecretsTest, P8_TakesEchoedSecretsOutOfTheAnswer) {
    HttpReply reply{401,
                    {{"x-echo", "Login s3cr3t-\"&/ +"}},
                    R"(bad key s3cr3t-\"&/ + or s3cr3t-"&/ + or s3cr3t-%22%26%2F%20%2B, pin 12)"};
    take_out(make_secrets(), {"key", "pin"}, reply);
    EXPECT_EQ(reply.headers[0].second, "Login ***");
    EXPECT_EQ(reply.body, "bad key *** or *** or ***, pin 12");
}

}  // namespace
}  // namespace gatehouse::egress
