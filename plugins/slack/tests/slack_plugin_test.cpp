#include <gtest/gtest.h>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace {

using gatehouse::sdk::Json;
using gatehouse::sdk::Outcome;
using gatehouse::sdk::TestHost;

Json request(Json message) {
    return {{"schema", 1},
            {"id", "gh_1"},
            {"event", {{"id", "e1"}, {"type", "job.unit_moveIn.created"}, {"created_at", ""}}},
            {"business", "acme"},
            {"facts", Json::object()},
            {"message", std::move(message)}};
}

class SlackTest : public testing::Test {
  protected:
    void SetUp() override {
        host_.on_http([this](const Json&) { return reply_; });
        const Outcome made =
            host_.create(gatehouse_entry_v1,
                         {{"workspace", "T01"}, {"webhook", "B02"}, {"token", "{{secret:token}}"}});
        ASSERT_EQ(made.kind, GATEHOUSE_OK) << made.message;
    }

    Outcome answered(int status, const std::string& body, Json headers = Json::array()) {
        reply_ = {{"status", status}, {"body", body}, {"headers", std::move(headers)}};
        return host_.call("notify.send", request({{"text", "x"}}));
    }

    std::string text() const {
        return Json::parse(host_.requests().back()["body"].get<std::string>())["text"];
    }

    TestHost host_;
    Json reply_{{"status", 200}, {"body", "ok"}};
};

TEST_F(SlackTest, PostsTitleAndTextToTheWebhook) {
    const Outcome sent =
        host_.call("notify.send", request({{"title", "Move-in"}, {"text", "Ada moves into A12"}}));
    ASSERT_EQ(sent.kind, GATEHOUSE_OK) << sent.message;
    EXPECT_EQ(host_.requests()[0]["method"], "POST");
    EXPECT_EQ(host_.requests()[0]["url"],
              "https://hooks.slack.com/services/T01/B02/{{secret:token}}");
    EXPECT_EQ(text(), "*Move-in*\nAda moves into A12");
}

TEST_F(SlackTest, NobodyOutsideWritesAMentionOrALink) {
    host_.call("notify.send", request({{"title", "a\nb<"}, {"text", "<!channel> & <http://x|y>"}}));
    EXPECT_EQ(text(), "*a?b&lt;*\n&lt;!channel&gt; &amp; &lt;http://x|y&gt;");
}

TEST_F(SlackTest, WithoutATextItSaysWhatHappened) {
    host_.call("notify.send", request(Json::object()));
    EXPECT_EQ(text(), "job.unit_moveIn.created (acme)");
    Json alert = request(Json::object());
    alert["event"]["data"] = {{"text", "no e-mail"}};
    host_.call("notify.send", alert);
    EXPECT_EQ(text(), "no e-mail");
}

TEST_F(SlackTest, ErrorsAreWhatSlackMeansByThem) {
    EXPECT_EQ(answered(400, "invalid_payload").kind, GATEHOUSE_INVALID);
    EXPECT_EQ(answered(403, "action_prohibited").kind, GATEHOUSE_FORBIDDEN);
    EXPECT_EQ(answered(403, "invalid_token").kind, GATEHOUSE_AUTH);
    EXPECT_EQ(answered(404, "no_service").kind, GATEHOUSE_AUTH);
    EXPECT_EQ(answered(404, "channel_not_found").kind, GATEHOUSE_NOT_FOUND);
    EXPECT_EQ(answered(410, "channel_is_archived").kind, GATEHOUSE_INVALID);
    EXPECT_EQ(answered(500, "rollup_error").kind, GATEHOUSE_UNAVAILABLE);
    EXPECT_EQ(answered(404, "no_service").message, "Slack answered 404: no_service");
    const Outcome fast = answered(429, "", Json::array({Json::array({"retry-after", "30"})}));
    EXPECT_EQ(fast.kind, GATEHOUSE_RATE_LIMITED);
    EXPECT_EQ(fast.retry_after_ms, 30'000U);
    EXPECT_EQ(answered(429, "").retry_after_ms, 1'000U);
}

}  // namespace
