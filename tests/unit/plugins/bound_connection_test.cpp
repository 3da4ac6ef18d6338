#include "plugins/bound_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/json.hpp"

namespace gatehouse::plugins {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class BoundConnectionTest : public testing::Test {
  protected:
    BoundConnectionTest() {
        manifest_.plugin = "kisi";
        manifest_.egress_hosts = {"api.kisi.io"};
        manifest_.requests_per_second = 4;
        manifest_.burst = 2;
        connection_.name = "doors";
        connection_.place = {"acme.yaml", 6, 3};
    }

    BoundConnection bind(const std::vector<std::string>& allow_private = {}) {
        return bind_connection("acme", connection_, manifest_, allow_private, random_, problems_);
    }

    Manifest manifest_;
    SystemRandom random_;
    config::Connection connection_;
    config::Problems problems_;
};

TEST_F(BoundConnectionTest, P11_WithoutABaseUrlOnlyTheManifestsHostsPass) {
    const BoundConnection bound = bind();
    EXPECT_THAT(problems_, IsEmpty());
    EXPECT_EQ(bound.policy.key, "acme/doors");
    EXPECT_THAT(bound.policy.hosts, ElementsAre("api.kisi.io"));
    EXPECT_THAT(bound.policy.plain_hosts, IsEmpty());
    EXPECT_EQ(bound.policy.requests_per_second, 4);
    EXPECT_EQ(bound.policy.burst, 2);
    const auto document = parse_json(bound.document);
    ASSERT_TRUE(document);
    EXPECT_TRUE((*document)["base_url"].is_null());
    EXPECT_EQ((*document)["connection"], "doors");
}

TEST_F(BoundConnectionTest, P11_ABaseUrlAddsItsHost) {
    connection_.base_url = "https://Proxy.Example:8443/kisi";
    connection_.requests_per_second = 50;
    const BoundConnection bound = bind();
    EXPECT_THAT(problems_, IsEmpty());
    EXPECT_THAT(bound.policy.hosts, ElementsAre("api.kisi.io", "proxy.example:8443"));
    EXPECT_THAT(bound.policy.plain_hosts, IsEmpty());
    EXPECT_EQ(bound.policy.requests_per_second, 50);
}

TEST_F(BoundConnectionTest, P11_PlainHttpOnlyToListedAddresses) {
    connection_.base_url = "http://127.0.0.1:9090";
    const BoundConnection bound = bind({"127.0.0.1:9090"});
    EXPECT_THAT(problems_, IsEmpty());
    EXPECT_THAT(bound.policy.plain_hosts, ElementsAre("127.0.0.1:9090"));
    bind({"127.0.0.1:9091"});
    ASSERT_EQ(problems_.size(), 1U);
    EXPECT_THAT(config::to_string(problems_[0]), HasSubstr("acme.yaml:6:3"));
    EXPECT_THAT(config::to_string(problems_[0]), HasSubstr("egress.allow_private"));
}

TEST_F(BoundConnectionTest, P11_AMailServerNeedsAManifestThatSaysSo) {
    connection_.base_url = "smtp://mail.acme.example";
    bind();
    ASSERT_EQ(problems_.size(), 1U);
    EXPECT_THAT(config::to_string(problems_[0]), HasSubstr("mail server"));
    problems_.clear();
    manifest_.egress_hosts = {"smtps://", "smtp://"};
    EXPECT_THAT(bind().policy.hosts,
                ElementsAre("smtps://", "smtp://", "smtp://mail.acme.example"));
    EXPECT_THAT(problems_, IsEmpty());
}

TEST_F(BoundConnectionTest, P8_TheFirstWebhookSecretHasANameForThePlugin) {
    EXPECT_EQ(bind().policy.secrets.named("webhook_secret"), nullptr);
    connection_.webhook_secrets = {{Secret("new"), "env:NEW"}, {Secret("old"), "env:OLD"}};
    const BoundConnection bound = bind();
    EXPECT_EQ(bound.policy.secrets.named("webhook_secret")->reveal(), "new");
    EXPECT_THAT(bound.document, Not(HasSubstr("new")));
    const auto subscribe = parse_json(
        document_for(bound, "events.subscribe", R"({"url":"{{secret:webhook_secret}}"})"));
    EXPECT_EQ((*subscribe)["url"], "{ {secret:webhook_secret}}");
    EXPECT_EQ((*subscribe)["secret"], bound.policy.secrets.reference("webhook_secret"));
}

TEST_F(BoundConnectionTest, P8_AReferenceIsNewForEachConnectionAndProcess) {
    manifest_.settings_schema =
        R"({"properties":{"api_key":{"type":"string","secret":true}}})"_json;
    connection_.settings.value = {{"api_key", "k-123456789"}};
    connection_.settings.labels["/api_key"] = "env:K";
    const BoundConnection one = bind();
    const BoundConnection other = bind();
    EXPECT_THAT(problems_, IsEmpty());
    const std::string reference = one.policy.secrets.reference("api_key");
    EXPECT_EQ(parse_json(one.document).value()["settings"]["api_key"], reference);
    EXPECT_TRUE(reference.starts_with("{{secret:") && reference.ends_with(":api_key}}"));
    EXPECT_GT(reference.size(), 9U + 32U + 10U - 1U);
    EXPECT_NE(reference, other.policy.secrets.reference("api_key"));
    EXPECT_THAT(one.document, Not(HasSubstr("k-123456789")));
}

TEST_F(BoundConnectionTest, P8_WhatAPluginAnswersHoldsNoSecretAndKeepsNoReference) {
    manifest_.settings_schema =
        R"({"properties":{"api_key":{"type":"string","secret":true}}})"_json;
    connection_.settings.value = {{"api_key", "k-\"123/456"}};
    connection_.settings.labels["/api_key"] = "env:K";
    connection_.webhook_secrets = {{Secret("hook:pass-word"), "env:A"},
                                   {Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "env:B"}};
    const BoundConnection bound = bind();
    const std::string reference = bound.policy.secrets.reference("api_key");
    const auto answer = [&](const nlohmann::json& detail, const nlohmann::json& references) {
        return result_from(bound, "access.apply",
                           nlohmann::json{{"schema", 1},
                                          {"state", "active"},
                                          {"targets", nlohmann::json::array()},
                                          {"detail", detail},
                                          {"references", references}}
                               .dump());
    };
    const std::string key = "k-\"123/456";
    const auto struck = answer(key + " pass-word MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw " + reference,
                               {{"a", key}, {"b", {to_base64("x:" + key)}}});
    ASSERT_TRUE(struck) << struck.error().message;
    const nlohmann::json told = parse_json(*struck).value();
    EXPECT_EQ(told["detail"], "*** *** *** {{secret:api_key}}");
    EXPECT_EQ(told["references"]["a"], "***");
    EXPECT_THAT(told["references"].dump(), Not(HasSubstr(to_base64(key).substr(2, 8))));
    for (const nlohmann::json& references :
         {nlohmann::json{{"auth", reference}}, nlohmann::json{{"deep", {{"x", reference}}}},
          nlohmann::json{{"encoded", percent_encode(reference)}},
          nlohmann::json{{"encoded", to_base64(reference)}}}) {
        const auto refused = answer("", references);
        ASSERT_FALSE(refused) << references;
        EXPECT_EQ(refused.error().kind, ErrorKind::kInternal);
        EXPECT_THAT(refused.error().message, HasSubstr("'api_key'"));
    }
}

TEST_F(BoundConnectionTest, P11_WhatIsNoUrlIsSaid) {
    for (const char* url : {"ftp://a.b", "https://", "https://user:key@a.b", "a.b"}) {
        problems_.clear();
        connection_.base_url = url;
        bind();
        EXPECT_EQ(problems_.size(), 1U) << url;
    }
}

}  // namespace
}  // namespace gatehouse::plugins
