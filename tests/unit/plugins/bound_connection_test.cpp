#include "plugins/bound_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
        return bind_connection("acme", connection_, manifest_, allow_private, problems_);
    }

    Manifest manifest_;
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
    EXPECT_FALSE(bind().policy.secrets.contains("webhook_secret"));
    connection_.webhook_secrets = {{Secret("new"), "env:NEW"}, {Secret("old"), "env:OLD"}};
    const BoundConnection bound = bind();
    EXPECT_EQ(bound.policy.secrets.at("webhook_secret").reveal(), "new");
    EXPECT_THAT(bound.document, Not(HasSubstr("new")));
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
