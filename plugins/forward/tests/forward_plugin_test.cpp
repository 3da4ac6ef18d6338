#include <gtest/gtest.h>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace {

using gatehouse::sdk::Json;
using gatehouse::sdk::Outcome;
using gatehouse::sdk::TestHost;

constexpr const char* kUrl = "https://hooks.books.example/gatehouse";

class ForwardTest : public testing::Test {
  protected:
    void make(const Json& settings = {{"signing_secret", "{{secret:signing_secret}}"}}) {
        host_.on_http([this](const Json&) { return reply_; });
        const Outcome made = host_.create(gatehouse_entry_v1, settings, kUrl);
        ASSERT_EQ(made.kind, GATEHOUSE_OK) << made.message;
    }

    Outcome send() {
        return host_.call("notify.send", {{"schema", 1},
                                          {"id", "gh_1"},
                                          {"event",
                                           {{"id", "e1"},
                                            {"type", "invoice.deleted"},
                                            {"created_at", "2026-11-22T08:00:00.000Z"},
                                            {"data", {{"invoiceId", "i1"}}}}},
                                          {"business", "acme"},
                                          {"facts", {{"invoice", {{"id", "i1"}}}}},
                                          {"message", Json::object()}});
    }

    Outcome answered(int status, Json headers = Json::array()) {
        reply_ = {{"status", status}, {"body", ""}, {"headers", std::move(headers)}};
        return send();
    }

    TestHost host_;
    Json reply_{{"status", 204}, {"body", ""}};
};

// To Django and its like the path without the slash is another address.
TEST_F(ForwardTest, TheAddressIsSentAsItIsWritten) {
    for (const char* url : {"https://hooks.example/catch/123/abc/", "https://hooks.example/a//",
                            "https://hooks.example/", "https://hooks.example", kUrl}) {
        TestHost host;
        host.on_http([](const Json&) { return Json{{"status", 204}, {"body", ""}}; });
        ASSERT_EQ(host.create(gatehouse_entry_v1, {{"signing_secret", "s"}}, url).kind, 0);
        host.call("notify.send", {{"schema", 1},
                                  {"id", "gh_1"},
                                  {"event", {{"id", "e1"}, {"type", "t"}}},
                                  {"business", "acme"},
                                  {"facts", Json::object()},
                                  {"message", Json::object()}});
        ASSERT_EQ(host.requests().size(), 1U);
        EXPECT_EQ(host.requests()[0]["url"], url);
    }
}

TEST_F(ForwardTest, PostsTheEventForTheHostToSign) {
    make();
    ASSERT_EQ(send().kind, GATEHOUSE_OK);
    const Json& request = host_.requests()[0];
    EXPECT_EQ(request["url"], kUrl);
    const Json body = Json::parse(request["body"].get<std::string>());
    EXPECT_EQ(body, Json::parse(R"({"type": "invoice.deleted",
        "timestamp": "2026-11-22T08:00:00.000Z",
        "data": {"event_id": "e1", "business": "acme", "event": {"invoiceId": "i1"},
                 "facts": {"invoice": {"id": "i1"}}, "message": {}}})"));
    EXPECT_EQ(request["headers"], Json::parse(R"([["Content-Type", "application/json"],
        ["webhook-id", "gh_1"], ["webhook-timestamp", "1780000000"],
        ["webhook-signature", "{{standard-webhooks:signing_secret}}"]])"));
}

TEST_F(ForwardTest, WhileASecretIsReplacedBothSign) {
    make({{"signing_secret", "{{secret:signing_secret}}"},
          {"previous_signing_secret", "{{secret:previous_signing_secret}}"}});
    send();
    EXPECT_EQ(host_.requests()[0]["headers"][3][1],
              "{{standard-webhooks:signing_secret}} {{standard-webhooks:previous_signing_secret}}");
}

TEST_F(ForwardTest, EverythingButGoneIsTriedAgain) {
    make();
    EXPECT_EQ(answered(200).kind, GATEHOUSE_OK);
    EXPECT_EQ(answered(410).kind, GATEHOUSE_INVALID);
    EXPECT_EQ(answered(302).kind, GATEHOUSE_UNAVAILABLE);
    EXPECT_EQ(answered(400).kind, GATEHOUSE_UNAVAILABLE);
    EXPECT_EQ(answered(500).kind, GATEHOUSE_UNAVAILABLE);
    const Json seven = Json::array({Json::array({"retry-after", "7"})});
    EXPECT_EQ(answered(429, seven).retry_after_ms, 7'000U);
    EXPECT_EQ(answered(503, seven).retry_after_ms, 7'000U);
}

TEST_F(ForwardTest, NeedsAnAddress) {
    EXPECT_EQ(host_.create(gatehouse_entry_v1, {{"signing_secret", "x"}}).kind, GATEHOUSE_INVALID);
}

}  // namespace
