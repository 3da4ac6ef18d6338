// Secrets through the whole way of a plugin of 1.0: settings, runner, egress, and all that comes
// back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "abi/plugin_fixture.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "s3cr3t-\"&/ +";
constexpr const char* kHook = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

class Wire final : public egress::HttpClient {
  public:
    Result<egress::HttpReply> send(const egress::HttpCall& call) override {
        const std::lock_guard lock(mutex_);
        last = call;
        ++count;
        return egress::HttpReply{status, {}, answer};
    }

    egress::HttpCall last;
    std::string answer = "hello";
    int count = 0;
    int status = 200;

  private:
    std::mutex mutex_;
};

class AbiSecretsTest : public testing::Test {
  protected:
    AbiSecretsTest() {
        fixture_.add_plugin(
            {.id = "keys", .library = "keys", .more = "egress: {hosts: [vendor.example]}\n"});
        config::Connection& doors = fixture_.connect("doors", "keys");
        doors.settings.value = {{"key", kKey}};
        doors.webhook_secrets = {{Secret(kHook), "env:HOOK"}};
        fixture_.host = std::move(*plugins::make_plugin_host(
            fixture_.options, fixture_.config, *egress_, fixture_.clock, fixture_.metrics));
    }

    PluginFixture fixture_;
    Wire wire_;
    std::unique_ptr<egress::Egress> egress_ =
        egress::make_egress(wire_, fixture_.clock, fixture_.metrics);
};

TEST_F(AbiSecretsTest, APluginOf10SendsItsSecretAsItAlwaysDid) {
    const auto header = [&] { return wire_.last.headers.at(0).second; };
    ASSERT_EQ(fixture_.detail("doors", "header"), "hello");
    EXPECT_EQ(header(), "a s3cr3t-\"&/ + b");
    ASSERT_EQ(fixture_.detail("doors", "basic"), "hello");
    EXPECT_EQ(header(), "Basic " + to_base64(std::string("me:") + kKey));
    ASSERT_EQ(fixture_.detail("doors", "bare"), "hello");
    EXPECT_EQ(header(), std::string("Bearer ") + kKey);
    ASSERT_EQ(fixture_.detail("doors", "url"), "hello");
    EXPECT_EQ(wire_.last.url,
              "https://vendor.example/x/s3cr3t-%22%26%2F%20%2B?key=s3cr3t-%22%26%2F%20%2B");
    ASSERT_EQ(fixture_.detail("doors", "json"), "hello");
    EXPECT_EQ(parse_json(wire_.last.body).value()["key"], kKey);
    ASSERT_EQ(fixture_.detail("doors", "form"), "hello");
    EXPECT_EQ(wire_.last.body, "a=b&key=s3cr3t-%22%26%2F%20%2B");
    ASSERT_EQ(fixture_.detail("doors", "text"), "hello");
    EXPECT_EQ(wire_.last.body, kKey);
}

TEST_F(AbiSecretsTest, WhatCannotBeFilledInIsRefusedByNameAndNotSent) {
    for (const char* act : {"encoded url", "encoded form", "bare body"}) {
        const std::string said = fixture_.detail("doors", act);
        EXPECT_THAT(said, HasSubstr("invalid: ")) << act;
        EXPECT_THAT(said, HasSubstr("'key'")) << act;
    }
    EXPECT_THAT(fixture_.detail("doors", "keep"), HasSubstr("'key'"));
    EXPECT_EQ(wire_.count, 0);
}

TEST_F(AbiSecretsTest, P8_NoSecretOfTheConnectionComesBackOrIsTold) {
    const std::string json_key = R"(s3cr3t-\"&\/ +)";
    testing::internal::CaptureStderr();
    for (const std::string& secret :
         {std::string(kKey), json_key, percent_encode(kKey), to_base64(std::string("me:") + kKey),
          std::string(kHook), std::string(kHook).substr(6), to_base64(std::string("x") + kHook)}) {
        wire_.answer = "you said " + secret;
        for (const char* act : {"plain", "fail"}) {
            const auto result = fixture_.apply("doors", act);
            const std::string said = result ? *result : result.error().message;
            EXPECT_THAT(said, HasSubstr("you said ")) << act;
            EXPECT_THAT(said, HasSubstr("***")) << act;
            EXPECT_THAT(said, Not(HasSubstr(secret))) << act;
        }
    }
    fixture_.host->stop();
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_THAT(log, HasSubstr("the vendor said you said"));
    for (const char* part : {"s3cr3t", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "czNjcjN0"})
        EXPECT_THAT(log, Not(HasSubstr(part)));
}

// Nobody knows whose PIN a vendor quotes in a call that is about no PIN, and any call can be
// refused.
TEST_F(AbiSecretsTest, P8_ANumberThatARefusalQuotesIsNotToldOn) {
    testing::internal::CaptureStderr();
    wire_.status = 422;
    for (const char* pin : {"84731956", "0815", "\\u0038473\\u00319\\u00356"}) {
        wire_.answer =
            R"({"error":"door 4711 has ')" + std::string(pin) + R"(' since 2026-12-01, code 12"})";
        const auto result = fixture_.apply("doors", "fail 4711");
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().message,
                  R"({"error":"door 4711 has '***' since 2026-12-01, code 12"})");
    }
    // Only what a refusal says: an answer's ids are there to be told.
    wire_.status = 200;
    wire_.answer = "created 90210";
    EXPECT_EQ(fixture_.apply("doors", "fail").error().message, "created 90210");
    fixture_.host->stop();
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_THAT(log, HasSubstr("door 4711 has"));
    for (const char* part : {"84731956", "0815", "u0038473"})
        EXPECT_THAT(log, Not(HasSubstr(part)));
}

}  // namespace
}  // namespace gatehouse::test
