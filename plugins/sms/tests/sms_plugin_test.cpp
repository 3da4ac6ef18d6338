#include <gtest/gtest.h>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace {

using gatehouse::sdk::Json;
using gatehouse::sdk::Outcome;
using gatehouse::sdk::TestHost;

constexpr const char* kAccount = "AC0123456789abcdef0123456789abcdef";

Json settings(const Json& more) {
    Json all{{"account_sid", kAccount}, {"auth_token", "{{secret:auth_token}}"}};
    all.update(more);
    return all;
}

class SmsTest : public testing::Test {
  protected:
    void make(const Json& more = {{"from", "+15005550006"}, {"country_code", "44"}}) {
        host_.on_http([this](const Json&) { return reply_; });
        const Outcome made = host_.create(gatehouse_entry_v1, settings(more));
        ASSERT_EQ(made.kind, GATEHOUSE_OK) << made.message;
    }

    Outcome send(Json message, Json facts = Json::object()) {
        return host_.call("notify.send", {{"schema", 1},
                                          {"event", {{"id", "e"}, {"type", "t"}}},
                                          {"business", "acme"},
                                          {"facts", std::move(facts)},
                                          {"message", std::move(message)}});
    }

    // A connection of its own, and the receiver that one message of it named; empty if none.
    class Sender {
      public:
        explicit Sender(const Json& more) {
            Json all{{"from", "+15005550006"}};
            all.update(more);
            host_.on_http([](const Json&) {
                return Json{{"status", 201}, {"body", R"({"sid": "SM1"})"}};
            });
            EXPECT_EQ(host_.create(gatehouse_entry_v1, settings(all)).kind, GATEHOUSE_OK);
        }

        std::string send(const char* written) {
            host_.call("notify.send", {{"schema", 1},
                                       {"event", {{"id", "e"}, {"type", "t"}}},
                                       {"business", "acme"},
                                       {"facts", Json::object()},
                                       {"message", {{"to", written}, {"text", "x"}}}});
            if (host_.requests().empty()) return {};
            const std::string body = host_.requests().back()["body"];
            return body.substr(0, body.find('&'));
        }

      private:
        TestHost host_;
    };

    std::string body() const { return host_.requests().back()["body"]; }

    TestHost host_;
    Json reply_{{"status", 201}, {"body", R"({"sid": "SM1", "status": "queued"})"}};
};

TEST_F(SmsTest, SendsAFormWithBasicAuthentication) {
    make();
    const Outcome sent = send({{"to", "+44 7700 900123"}, {"text", "Bay A&B = 12%"}});
    ASSERT_EQ(sent.kind, GATEHOUSE_OK) << sent.message;
    EXPECT_EQ(sent.document["detail"], "accepted as SM1");
    const Json& request = host_.requests()[0];
    EXPECT_EQ(request["url"], "https://api.twilio.com/2010-04-01/Accounts/" +
                                  std::string(kAccount) + "/Messages.json");
    EXPECT_EQ(body(), "To=%2B447700900123&From=%2B15005550006&Body=Bay%20A%26B%20%3D%2012%25");
    EXPECT_EQ(request["headers"][1][1],
              "Basic {{base64:" + std::string(kAccount) + ":{{secret:auth_token}}}}");
}

TEST_F(SmsTest, AMessagingServiceTakesThePlaceOfANumber) {
    make({{"messaging_service_sid", "MG1"}});
    send({{"to", "+447700900123"}, {"text", "x"}});
    EXPECT_EQ(body(), "To=%2B447700900123&MessagingServiceSid=MG1&Body=x");
    TestHost neither;
    EXPECT_EQ(neither.create(gatehouse_entry_v1, settings(Json::object())).kind, GATEHOUSE_INVALID);
}

TEST_F(SmsTest, NumbersAreReadAsPeopleWriteThem) {
    make();
    for (const char* written : {"+44 (7700) 900-123", "0044 7700.900123", "07700 900123",
                                "+44 (0)7700 900123", "0044 (0)7700900123"}) {
        ASSERT_EQ(send({{"to", written}}).kind, GATEHOUSE_OK) << written;
        EXPECT_EQ(body().substr(0, 18), "To=%2B447700900123") << written;
    }
    EXPECT_EQ(send(Json::object(), {{"renter", {{"phone", "07700 900123"}}}}).kind, GATEHOUSE_OK);
    for (const char* written : {"", "ask Bob", "+0123456789", "+44", "+44770090012345678"}) {
        const Outcome refused = send({{"to", written}});
        EXPECT_EQ(refused.kind, GATEHOUSE_INVALID) << written;
        EXPECT_TRUE(refused.fields.contains("to"));
    }
}

// plugins/phone/tests has many more numbers: the plugin has no reading of its own.
TEST_F(SmsTest, NumbersWithoutACountryCodeAreOfTheDefaultCountry) {
    const auto sent_as = [](const Json& more, const char* written) {
        SmsTest::Sender sender(more);
        return sender.send(written);
    };
    EXPECT_EQ(sent_as({{"country_code", "47"}}, "912 34 567"), "To=%2B4791234567");
    EXPECT_EQ(sent_as({{"country_code", "1"}}, "(415) 555-2671"), "To=%2B14155552671");
    EXPECT_EQ(sent_as({{"default_country", "SG"}}, "9123 4567"), "To=%2B6591234567");
    EXPECT_EQ(sent_as(Json::object(), "+44 07700 900123"), "To=%2B447700900123");
    EXPECT_EQ(sent_as(Json::object(), "912 34 567"), "");
}

TEST_F(SmsTest, ACountryThatDoesNotExistIsRefused) {
    for (const Json& more : {Json{{"default_country", "XX"}}, Json{{"country_code", "999"}},
                             Json{{"default_country", "GB"}, {"country_code", "44"}}}) {
        Json all{{"from", "+15005550006"}};
        all.update(more);
        TestHost host;
        EXPECT_EQ(host.create(gatehouse_entry_v1, settings(all)).kind, GATEHOUSE_INVALID) << all;
    }
}

TEST_F(SmsTest, ALongTextIsCutAtACharacter) {
    make();
    std::string text;
    for (int i = 0; i < 2'000; ++i)
        text += "\xc3\xa4";
    send({{"to", "+447700900123"}, {"text", text}});
    const std::string sent = body().substr(body().find("Body=") + 5);
    EXPECT_EQ(sent.size(), 1'600U * 6);
}

TEST_F(SmsTest, ErrorsAreWhatTwilioMeansByThem) {
    make();
    const auto answered = [this](int status, int code) {
        reply_ = {{"status", status},
                  {"body", Json{{"code", code}, {"message", "+447700900123 is bad"}}.dump()}};
        return send({{"to", "+447700900123"}});
    };
    EXPECT_EQ(answered(400, 21211).kind, GATEHOUSE_INVALID);
    EXPECT_EQ(answered(400, 21610).kind, GATEHOUSE_INVALID);
    EXPECT_EQ(answered(401, 20003).kind, GATEHOUSE_AUTH);
    EXPECT_EQ(answered(403, 21408).kind, GATEHOUSE_FORBIDDEN);
    EXPECT_EQ(answered(429, 20429).kind, GATEHOUSE_RATE_LIMITED);
    EXPECT_EQ(answered(429, 20429).retry_after_ms, 1'000U);
    EXPECT_EQ(answered(503, 0).kind, GATEHOUSE_UNAVAILABLE);
    for (const int status : {400, 429, 503}) {
        for (const int full : {21611, 30001}) {
            EXPECT_EQ(answered(status, full).kind, GATEHOUSE_RATE_LIMITED) << status;
            EXPECT_EQ(answered(status, full).retry_after_ms, 60'000U) << status;
        }
    }
    EXPECT_EQ(answered(400, 20503).kind, GATEHOUSE_UNAVAILABLE);
    EXPECT_EQ(answered(400, 21211).message, "Twilio answered 400, error 21211");
    reply_ = {{"status", 502}, {"body", "<html>"}};
    EXPECT_EQ(send({{"to", "+447700900123"}}).kind, GATEHOUSE_UNAVAILABLE);
}

}  // namespace
