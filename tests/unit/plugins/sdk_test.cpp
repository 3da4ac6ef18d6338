// The SDK through its own test host: what an author writes and what the host gets.
#include <gtest/gtest.h>

#include <stdexcept>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"

namespace {

using namespace gatehouse::sdk;

class Doors final : public gatehouse::AccessPlugin,
                    public InboundFeature,
                    public EventsFeature,
                    public DescribeFeature {
    void start() override {
        if (setting("key").empty()) throw Error(Kind::kAuth, "no key");
    }

    AccessResult grant(const AccessRequest& request) override {
        const HttpReply reply = http().send(
            HttpRequest{.method = "POST", .url = base_url("https://vendor.example") + "/roles"}
                .header("Authorization", setting("key"))
                .json({{"email", request.renter.email}}));
        if (reply.status == 429) throw Error(Kind::kRateLimited, "slow down", 2000);
        AccessResult result;
        result.state = request.state;
        result.references["role"] = text_at(reply.json(), "id", "none");
        result.detail = reply.header("x-kind");
        return result;
    }
    AccessResult suspend(const AccessRequest& request) override {
        AccessResult result;
        result.state = State::kSuspended;
        result.references = request.references;
        return result;
    }
    AccessResult resume(const AccessRequest& request) override {
        AccessResult result;
        result.state = request.state;
        result.detail = "resumed";
        return result;
    }
    AccessResult end(const AccessRequest& request) override {
        if (request.targets.empty()) throw std::runtime_error("a text that may quote an answer");
        throw Error("cannot be ended", {{"targets", "are unknown"}});
    }
    Json parse_inbound(const Json& request) override {
        return {{"schema", 1}, {"events", Json::array({text_at(request, "body")})}};
    }
    Json subscribe(const Json& request) override {
        return {{"schema", 1}, {"state", "ok"}, {"detail", text_at(request, "url")}};
    }
    Json describe() override { throw 42; }
};

const gatehouse_entry doors_entry = make_entry<Doors>("doors", "1.0.0");

Json request(const std::string& state, const Json& references = Json::object()) {
    return {{"schema", 1},
            {"state", state},
            {"renter", {{"email", "ada@example.com"}}},
            {"references", references}};
}

class SdkTest : public testing::Test {
  protected:
    SdkTest() {
        host_.create(doors_entry, {{"key", "{{secret:key}}"}});
        host_.on_http([](const Json&) {
            return Json{{"status", 201},
                        {"headers", Json::array({Json::array({"x-kind", "role"})})},
                        {"body", R"({"id":"77"})"}};
        });
    }
    TestHost host_;
};

TEST_F(SdkTest, AGrantAsksTheVendorAndKeepsItsReference) {
    const Outcome outcome = host_.call("access.apply", request("active"));
    ASSERT_EQ(outcome.kind, GATEHOUSE_OK) << outcome.message;
    EXPECT_EQ(outcome.document["state"], "active");
    EXPECT_EQ(outcome.document["references"]["role"], "77");
    EXPECT_EQ(outcome.document["detail"], "role");
    ASSERT_EQ(host_.requests().size(), 1U);
    EXPECT_EQ(host_.requests()[0]["url"], "https://vendor.example/roles");
    EXPECT_EQ(host_.requests()[0]["headers"][0][1], "{{secret:key}}");
    EXPECT_EQ(host_.requests()[0]["body"], R"({"email":"ada@example.com"})");
}

TEST_F(SdkTest, SuspendAndResumeFindEachOther) {
    const Outcome suspended = host_.call("access.apply", request("suspended"));
    const Outcome resumed =
        host_.call("access.apply", request("active", suspended.document["references"]));
    EXPECT_EQ(resumed.document["detail"], "resumed");
    const Outcome granted =
        host_.call("access.apply", request("active", resumed.document["references"]));
    EXPECT_EQ(granted.document["detail"], "role");
}

TEST_F(SdkTest, AnErrorKeepsItsKindDelayAndFields) {
    host_.on_http([](const Json&) { return Json{{"status", 429}}; });
    const Outcome limited = host_.call("access.apply", request("active"));
    EXPECT_EQ(limited.kind, GATEHOUSE_RATE_LIMITED);
    EXPECT_EQ(limited.retry_after_ms, 2000U);
    Json with_targets = request("ended");
    with_targets["targets"] = {"door:1"};
    const Outcome invalid = host_.call("access.apply", with_targets);
    EXPECT_EQ(invalid.kind, GATEHOUSE_INVALID);
    EXPECT_EQ(invalid.fields["targets"], "are unknown");
}

TEST_F(SdkTest, AFailedSendPassesWithItsKind) {
    host_.on_http([](const Json&) {
        return Json{{"kind", GATEHOUSE_FORBIDDEN}, {"message", "not listed"}};
    });
    const Outcome outcome = host_.call("access.apply", request("active"));
    EXPECT_EQ(outcome.kind, GATEHOUSE_FORBIDDEN);
    EXPECT_EQ(outcome.message, "not listed");
}

TEST_F(SdkTest, P8_AnUnforeseenExceptionIsNamedButNotQuoted) {
    const Outcome outcome = host_.call("access.apply", request("ended"));
    EXPECT_EQ(outcome.kind, GATEHOUSE_INTERNAL);
    EXPECT_EQ(outcome.message.find("quote"), std::string::npos);
    EXPECT_EQ(host_.call("describe", {{"schema", 1}}).kind, GATEHOUSE_INTERNAL);
}

TEST_F(SdkTest, OnlyWhatIsDerivedFromIsOffered) {
    EXPECT_NE(doors_entry.feature(str("gatehouse.inbound/1")), nullptr);
    EXPECT_EQ(doors_entry.feature(str("gatehouse.targets/1")), nullptr);
    EXPECT_EQ(doors_entry.feature(str("gatehouse.access/2")), nullptr);
    EXPECT_EQ(host_.call("access.probe", {{"schema", 1}}).kind, GATEHOUSE_UNSUPPORTED);
}

TEST_F(SdkTest, TheHalfOfEventsThatIsNotOverriddenIsUnsupported) {
    const Outcome outcome = host_.call(
        "events.subscribe",
        {{"schema", 1}, {"url", "https://a.example"}, {"secret", ""}, {"targets", Json::array()}});
    EXPECT_EQ(outcome.document["detail"], "https://a.example");
    EXPECT_EQ(host_.call("events.catch_up", {{"schema", 1}}).kind, GATEHOUSE_UNSUPPORTED);
}

TEST_F(SdkTest, AStateThatDoesNotExistIsInvalid) {
    EXPECT_EQ(host_.call("access.apply", request("open")).kind, GATEHOUSE_INVALID);
    EXPECT_EQ(host_.call("access.apply", request("pending")).kind, GATEHOUSE_INVALID);
}

TEST(SdkStartTest, SettingsCanBeRefused) {
    TestHost host;
    const Outcome outcome = host.create(doors_entry, Json::object());
    EXPECT_EQ(outcome.kind, GATEHOUSE_AUTH);
    EXPECT_EQ(outcome.message, "no key");
}

TEST(SdkJsonTest, DeepJsonIsNotRead) {
    EXPECT_TRUE(read_json(std::string(100'000, '[')).is_discarded());
    EXPECT_TRUE(read_json("{").is_discarded());
    EXPECT_EQ(read_json(R"({"a":"[[[\"]"})")["a"], "[[[\"]");
}

TEST(SdkJsonTest, WhatAnotherWriterMadeOfATextIsRead) {
    const std::string bad = "\xEF\xBF\xBD";
    EXPECT_EQ(read_json(R"({"name":"Ann \ud83d"})")["name"], "Ann " + bad);
    EXPECT_EQ(read_json(R"([{"name":"\ude00"},{"id":7}])")[1]["id"], 7);
    EXPECT_EQ(read_json("[\"caf\xe9\"]")[0], "caf" + bad);
    EXPECT_TRUE(read_json("[NaN]")[0].is_null());
    EXPECT_EQ(read_json(R"(["\ud83d\ude00"])")[0], "\U0001F600");
    EXPECT_TRUE(read_json(R"(["\ud83)").is_discarded());
}

TEST(SdkTargetTest, ATargetIsSplitByItsKind) {
    EXPECT_EQ(target_id("group:4711", "group"), "4711");
    EXPECT_EQ(target_id("group:4711", "lock"), std::nullopt);
    EXPECT_EQ(target_id("group:", "group"), std::nullopt);
}

}  // namespace
