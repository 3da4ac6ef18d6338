#include "egress/secrets.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace gatehouse::egress {
namespace {

class SecretsTest : public testing::Test {
  protected:
    std::string ref(const char* name) const { return secrets_.reference(name); }

    // The call after it was filled in, or the error's message.
    Result<HttpCall> fill(HttpCall call) const {
        if (auto filled = secrets_.fill_in(call); !filled) return tl::unexpected(filled.error());
        return call;
    }

    static HttpCall with_body(std::string body, const char* type = "text/plain") {
        HttpCall call;
        call.url = "https://a.example/";
        call.headers = {{"Content-Type", type}};
        call.body = std::move(body);
        return call;
    }

    SystemRandom random_;
    const Secrets secrets_{{{"key", Secret("s3cr3t-\"&/ +")},
                            {"pin", Secret("12")},
                            {"odd", Secret("{{secret:key}}")}},
                           random_};
};

TEST_F(SecretsTest, FillsInWithTheEncodingOfThePlace) {
    HttpCall call;
    call.url = "https://a.example/x/" + ref("key") + "?q=" + ref("key");
    call.headers = {{"Authorization", "Login " + ref("key")}, {"X-Any", ref("pin") + ref("pin")}};
    call.body = ref("key") + ref("pin");
    const auto filled = fill(call);
    ASSERT_TRUE(filled) << filled.error().message;
    EXPECT_EQ(filled->url, "https://a.example/x/s3cr3t-%22%26%2F%20%2B?q=s3cr3t-%22%26%2F%20%2B");
    EXPECT_EQ(filled->headers[0].second, "Login s3cr3t-\"&/ +");
    EXPECT_EQ(filled->headers[1].second, "1212");
    EXPECT_EQ(filled->body, "s3cr3t-\"&/ +12");
}

TEST_F(SecretsTest, TheBodysEncodingFollowsItsType) {
    EXPECT_EQ(
        fill(with_body(R"({"k":")" + ref("key") + "\"}", "application/json; charset=utf-8"))->body,
        R"({"k":"s3cr3t-\"&/ +"})");
    EXPECT_EQ(fill(with_body("k=" + ref("key"), "application/x-www-form-urlencoded"))->body,
              "k=s3cr3t-%22%26%2F%20%2B");
}

TEST_F(SecretsTest, AFilledInValueIsNotReadAgain) {
    EXPECT_EQ(fill(with_body(ref("odd")))->body, "{{secret:key}}");
}

// What a person, a vendor or a plugin from before could write, and what an integrator gets wrong.
TEST_F(SecretsTest, P8_NothingButTheConnectionsOwnReferenceIsFilledIn) {
    const Secrets of_another({{"key", Secret("s3cr3t-another")}}, random_);
    const std::string key = ref("key");
    const std::string random_part = key.substr(9, 32);
    for (const std::string& text : std::vector<std::string>{
             "{{secret:none}}", "{{secret:}}", "{{secret:key", "{{secret:key}", "{{secret:key}}",
             "{{secret:" + std::string(200, 'a') + "}}", of_another.reference("key"),
             "{{secret:" + std::string(32, '0') + ":key}}", "{{secret:" + random_part + ":odd}}",
             "{{secret:" + random_part + "}}", "{{secret:" + random_part + ":key }}",
             "x{{secret:" + random_part + ":key"}) {
        for (HttpCall call : {with_body(text), with_body(text, "application/json")}) {
            const auto filled = fill(call);
            ASSERT_FALSE(filled) << text;
            EXPECT_EQ(filled.error().kind, ErrorKind::kInvalid);
            EXPECT_EQ(filled.error().message.find("s3cr3t"), std::string::npos);
            EXPECT_EQ(filled.error().message.find(random_part), std::string::npos) << text;
            call.body.clear();
            call.headers[0] = {"X-Name", text};
            EXPECT_FALSE(fill(call)) << text;
            call.headers.clear();
            call.url += text;
            EXPECT_FALSE(fill(call)) << text;
        }
    }
    EXPECT_NE(fill(with_body("{{secret:key}}")).error().message.find("'key'"), std::string::npos);
}

TEST_F(SecretsTest, AnEncodedReferenceIsRefusedByName) {
    const std::string key = ref("key");
    std::string html = key;
    html.replace(0, 2, "&#123;&#123;");
    std::string escaped = key;
    escaped.replace(0, 2, "\\u007b\\u007b");
    for (const std::string& text : std::vector<std::string>{
             percent_encode(key), percent_encode(percent_encode(key)), html, escaped,
             to_base64(key), to_base64("u:" + key), to_base64("us:" + key),
             to_base64(":" + key + "x"), "{ {" + key.substr(2), key.substr(2, key.size() - 4),
             "%7b%7b" + key.substr(2)}) {
        for (HttpCall call :
             {with_body(text), with_body("{\"a\":\"" + text + "\"}", "application/json"),
              with_body("a=" + text, "application/x-www-form-urlencoded")}) {
            const auto refused = fill(call);
            ASSERT_FALSE(refused) << text;
            EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
            EXPECT_NE(refused.error().message.find("encoded reference to the secret 'key'"),
                      std::string::npos)
                << refused.error().message;
        }
        HttpCall call = with_body("");
        call.url += "?q=" + text;
        EXPECT_FALSE(fill(call)) << text;
        call = with_body("");
        call.headers.emplace_back("Authorization", "Basic " + text);
        EXPECT_FALSE(fill(call)) << text;
    }
}

// ABI 1.0 said so, and no text from outside stands there.
TEST_F(SecretsTest, ABareNameIsGoodWhereCredentialsStand) {
    for (const char* header : {"Authorization", "X-Api-Key", "apikey", "X-Auth-Token",
                               "Mail-Password", "client-secret", "X-Hub-Signature"}) {
        HttpCall call = with_body("");
        call.headers = {{header, "Key {{secret:key}}"}};
        EXPECT_EQ(fill(call)->headers[0].second, "Key s3cr3t-\"&/ +") << header;
        call.headers = {{header, "{{secret:none}}"}};
        EXPECT_FALSE(fill(call)) << header;
    }
    for (const char* header :
         {"X-Name", "Idempotency-Key", "Rcpt-To", "Cookie", "Authorization-Id"}) {
        HttpCall call = with_body("");
        call.headers = {{header, "{{secret:key}}"}};
        EXPECT_FALSE(fill(call)) << header;
    }
}

TEST_F(SecretsTest, P8_StrikesSecretsAndKeys) {
    EXPECT_EQ(secrets_.struck(R"(bad key s3cr3t-\"&/ + or s3cr3t-%22%26%2F%20%2B, pin 12)"),
              "bad key *** or ***, pin 12");
    EXPECT_EQ(secrets_.struck("POST /x/" + ref("key") + "/y"), "POST /x/{{secret:key}}/y");
    EXPECT_EQ(secrets_.struck("q=" + percent_encode(ref("key"))).find(ref("key").substr(9, 32)),
              std::string::npos);
    EXPECT_EQ(Secrets().struck("text"), "text");
}

TEST_F(SecretsTest, BasicAuthenticationIsEncodedOnTheWayOut) {
    const Secrets secrets({{"token", Secret("s3cret}}!")}}, random_);
    HttpCall call;
    for (const std::string& token : {secrets.reference("token"), std::string("{{secret:token}}")}) {
        call.headers = {{"Authorization", "Basic {{base64:AC1:" + token + "}}"}};
        ASSERT_TRUE(secrets.fill_in(call));
        EXPECT_EQ(call.headers[0].second, "Basic " + to_base64("AC1:s3cret}}!"));
    }
    for (const char* bad : {"Basic {{base64:a}} b", "Basic {{base64:{{secret:gone}}}}"}) {
        call.headers[0].second = bad;
        EXPECT_FALSE(secrets.fill_in(call)) << bad;
    }
}

// The key, message and signature of the specification's own example.
TEST_F(SecretsTest, SignsAsStandardWebhooksSays) {
    const Secrets secrets(
        {{"key", Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")}, {"bad", Secret("whsec_short")}},
        random_);
    HttpCall call;
    call.body = R"({"test": 2432232314})";
    call.headers = {{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                    {"Webhook-Timestamp", "1614265330"},
                    {"webhook-signature", "{{standard-webhooks:key}} {{standard-webhooks:key}}"}};
    HttpCall other = call;
    ASSERT_TRUE(secrets.fill_in(call));
    const std::string expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    EXPECT_EQ(call.headers[2].second, expected + " " + expected);
    for (const char* bad :
         {"{{standard-webhooks:bad}}", "{{standard-webhooks:gone}}", "{{standard-webhooks:key"}) {
        HttpCall refused = other;
        refused.headers[2].second = bad;
        EXPECT_FALSE(secrets.fill_in(refused)) << bad;
    }
    other.headers[0].first = "x";
    EXPECT_FALSE(secrets.fill_in(other));
}

TEST_F(SecretsTest, P8_NothingFromOutsideNamesASecret) {
    EXPECT_EQ(without_references(R"({"name":"{{secret:api_key}} {{{x"})"),
              R"({"name":"{ {secret:api_key}} { { {x"})");
    EXPECT_EQ(without_references(R"({"a":{"b":1}})"), R"({"a":{"b":1}})");
    EXPECT_EQ(without_references(R"({"a":"\u007b{\u007Bx\\u007b\\u007b"})"),
              R"({"a":"\u007b { \u007Bx\\u007b \\u007b"})");
}

}  // namespace
}  // namespace gatehouse::egress
