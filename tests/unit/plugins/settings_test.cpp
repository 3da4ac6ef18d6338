#include "plugins/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json.hpp"

namespace gatehouse::plugins {
namespace {

using testing::HasSubstr;

constexpr const char* kSecret = "s3cret-value";

class SettingsTest : public testing::Test {
  protected:
    SettingsTest() {
        manifest_.plugin = "kisi";
        manifest_.settings_schema = {{"required", {"api_key"}},
                                     {"properties",
                                      {{"api_key", {{"type", "string"}, {"secret", true}}},
                                       {"zone", {{"type", "string"}, {"enum", {"a", "b"}}}},
                                       {"depth", {{"type", "integer"}, {"minimum", 1}}}}}};
        connection_.name = "doors";
        connection_.plugin = "kisi";
        connection_.place = {"acme.yaml", 6, 3};
        connection_.settings.value = {{"api_key", kSecret}};
        connection_.settings.labels["/api_key"] = "env:ACME_KISI_KEY";
        connection_.settings.places[""] = {"acme.yaml", 8, 5};
        connection_.settings.places["/api_key"] = {"acme.yaml", 9, 7};
    }

    BoundSettings bind() {
        BoundSettings bound = bind_settings(connection_, manifest_, problems_);
        for (const auto& problem : problems_)
            said_ += config::to_string(problem) + "\n";
        return bound;
    }

    Manifest manifest_;
    config::Connection connection_;
    config::Problems problems_;
    std::string said_;
};

TEST_F(SettingsTest, P8_SecretsPartFromTheRest) {
    connection_.settings.value["zone"] = "a";
    const BoundSettings bound = bind();
    EXPECT_EQ(said_, "");
    EXPECT_EQ(bound.document, (nlohmann::json{{"zone", "a"}}));
    EXPECT_TRUE(bound.secrets.at("api_key").equals(kSecret));
}

TEST_F(SettingsTest, ASecretWrittenOutWarnsAndWorks) {
    connection_.settings.labels.clear();
    const BoundSettings bound = bind();
    EXPECT_THAT(said_, HasSubstr("acme.yaml:9:7: warning"));
    EXPECT_THAT(said_, Not(HasSubstr(kSecret)));
    EXPECT_EQ(bound.secrets.size(), 1U);
}

TEST_F(SettingsTest, ASecretTooShortToBeStruckWarns) {
    connection_.settings.value["api_key"] = "abc";
    bind();
    EXPECT_THAT(said_, HasSubstr("too short"));
}

TEST_F(SettingsTest, AnUnknownSettingIsSuggested) {
    connection_.settings.value["zon"] = "a";
    connection_.settings.places["/zon"] = {"acme.yaml", 10, 7};
    bind();
    EXPECT_THAT(said_, HasSubstr("acme.yaml:10:7: error: plugin kisi has no setting 'zon' "
                                 "(did you mean 'zone'? known here: 'api_key', 'depth', 'zone')"));
}

TEST_F(SettingsTest, AnUnknownSettingWithinAnotherIsSuggestedToo) {
    manifest_.settings_schema["properties"]["doors"] = {
        {"type", "array"},
        {"items", {{"type", "object"}, {"properties", {{"lock", {{"type", "string"}}}}}}}};
    connection_.settings.value["doors"] = nlohmann::json::array({{{"lock", "1"}}, {{"lok", "2"}}});
    connection_.settings.places["/doors/1"] = {"acme.yaml", 11, 9};
    bind();
    EXPECT_EQ(said_,
              "acme.yaml:11:9: error: plugin kisi has no setting 'doors/1/lok' "
              "(did you mean 'lock'? known here: 'lock')\n");
}

TEST_F(SettingsTest, AnItemOfAnotherTypeIsSaidInPlainWords) {
    manifest_.settings_schema["properties"]["to"] = {{"type", "array"},
                                                     {"items", {{"type", "string"}}}};
    connection_.settings.value["to"] = nlohmann::json::array({"a", 5});
    bind();
    EXPECT_EQ(said_, "acme.yaml:8:5: error: 'to/1' must be text\n");
}

TEST_F(SettingsTest, AMapWhoseMembersNobodyListsIsOpen) {
    manifest_.settings_schema["properties"]["labels"] = {{"type", "object"}};
    connection_.settings.value["labels"] = {{"any", "thing"}};
    bind();
    EXPECT_EQ(said_, "");
}

TEST_F(SettingsTest, ASchemaThatSaysThatItIsClosedSuggestsToo) {
    manifest_.settings_schema["additionalProperties"] = false;
    connection_.settings.value["zon"] = "a";
    bind();
    EXPECT_THAT(said_, HasSubstr("plugin kisi has no setting 'zon' (did you mean 'zone'?"));
}

TEST_F(SettingsTest, FaultsAreSaidOnceAndInPlainWords) {
    manifest_.settings_schema["properties"]["from"] = {{"type", "string"},
                                                       {"pattern", "^[^@]+@[^@]+$"}};
    connection_.settings.value = {{"depth", "deep"}, {"from", "nobody"}};
    bind();
    EXPECT_EQ(problems_.size(), 3U) << said_;
    EXPECT_THAT(said_, HasSubstr("'settings' lacks 'api_key'"));
    EXPECT_THAT(said_, HasSubstr("'depth' must be a whole number"));
    EXPECT_THAT(said_, HasSubstr("'from' must match ^[^@]+@[^@]+$"));
}

TEST_F(SettingsTest, P8_AFaultNamesThePlaceAndNeverTheValue) {
    connection_.settings.value = {{"api_key", 4711}, {"zone", "zzz-value"}, {"depth", 0}};
    bind();
    EXPECT_THAT(said_, HasSubstr("acme.yaml:9:7: error: 'api_key'"));
    EXPECT_THAT(said_, HasSubstr("acme.yaml:8:5: error: 'zone'"));
    EXPECT_THAT(said_, HasSubstr("'depth'"));
    EXPECT_THAT(said_, Not(HasSubstr("4711")));
    EXPECT_THAT(said_, Not(HasSubstr("zzz-value")));
}

TEST_F(SettingsTest, AMissingSettingIsSaid) {
    connection_.settings.value = nlohmann::json::object();
    bind();
    EXPECT_THAT(said_, HasSubstr("'api_key'"));
}

TEST_F(SettingsTest, WhatIsNoMapIsSaid) {
    connection_.settings.value = {"a", "b"};
    bind();
    EXPECT_THAT(said_, HasSubstr("'settings' must be a map"));
}

}  // namespace
}  // namespace gatehouse::plugins
