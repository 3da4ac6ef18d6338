#include "egress/secrets.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

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

TEST(SecretsTest, BasicAuthenticationIsEncodedOnTheWayOut) {
    const Secrets secrets{{"token", Secret("s3cret}}!")}};
    HttpCall call;
    call.headers = {{"Authorization", "Basic {{base64:AC1:{{secret:token}}}}"}};
    ASSERT_TRUE(fill_in(secrets, call).has_value());
    EXPECT_EQ(call.headers[0].second, "Basic " + to_base64("AC1:s3cret}}!"));
    for (const char* bad : {"Basic {{base64:a}} b", "Basic {{base64:{{secret:gone}}}}"}) {
        call.headers[0].second = bad;
        EXPECT_FALSE(fill_in(secrets, call).has_value()) << bad;
    }
}

// The key, message and signature of the specification's own example.
TEST(SecretsTest, SignsAsStandardWebhooksSays) {
    const Secrets secrets{{"key", Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")},
                          {"bad", Secret("whsec_short")}};
    HttpCall call;
    call.body = R"({"test": 2432232314})";
    call.headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                    {"Webhook-Timestamp", "1614265330"},
                    {"webhook-signature", "{{standard-webhooks:key}} {{standard-webhooks:key}}"}};
    HttpCall other = call;
    ASSERT_TRUE(fill_in(secrets, call).has_value());
    const std::string expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    EXPECT_EQ(call.headers[2].second, expected + " " + expected);
    for (const char* bad :
         {"{{standard-webhooks:bad}}", "{{standard-webhooks:gone}}", "{{standard-webhooks:key"}) {
        HttpCall refused = other;
        refused.headers[2].second = bad;
        EXPECT_FALSE(fill_in(secrets, refused).has_value()) << bad;
    }
    other.headers[0].first = "x";
    EXPECT_FALSE(fill_in(secrets, other).has_value());
}

TEST(SecretsTest, P8_NothingFromOutsideNamesASecret) {
    EXPECT_EQ(without_references(R"({"name":"{{secret:api_key}} {{{x"})"),
              R"({"name":"{ {secret:api_key}} { { {x"})");
    EXPECT_EQ(without_references(R"({"a":{"b":1}})"), R"({"a":{"b":1}})");
}

}  // namespace
}  // namespace gatehouse::egress
