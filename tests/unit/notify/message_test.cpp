#include "notify/message.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace gatehouse::notify {
namespace {

using nlohmann::json;

const json kData = json::parse(
    R"({"event": {"type": "job.unit_moveIn.created"}, "business": "acme",
        "renter": {"name": "Ada <b>&", "phone": "", "language": "en"},
        "unit": {"name": "A12", "price": 12.5, "isBig": true, "blocked": false, "note": null},
        "rental": {"charges": [{"title": "Lock"}, {"title": "Key"}]}})");

std::string filled(const std::string& text) {
    const Result<Message> message = fill(text, kData);
    return message ? message->content.get<std::string>() : "error: " + message.error().message;
}

TEST(Message, FillsNamesWithoutEscaping) {
    EXPECT_EQ(filled("{{renter.name}} moves into {{unit.name}} of {{business}}"),
              "Ada <b>& moves into A12 of acme");
    EXPECT_EQ(filled("{{{renter.name}}}|{{&renter.name}}"), "Ada <b>&|Ada <b>&");
    EXPECT_EQ(filled("{{unit.price}} {{unit.isBig}} {{unit.blocked}}{{unit.note}}"), "12.5 true ");
    EXPECT_EQ(filled("plain"), "plain");
}

TEST(Message, SectionsAskWhetherSomethingIsThere) {
    EXPECT_EQ(filled("{{#renter.phone}}call {{renter.phone}}{{/renter.phone}}"
                     "{{^renter.phone}}no phone{{/renter.phone}}"),
              "no phone");
    EXPECT_EQ(filled("{{#rental.charges}}{{title}},{{/rental.charges}}"), "Lock,Key,");
    EXPECT_EQ(filled("{{#gone}}x{{/gone}}{{^unit.blocked}}free{{/unit.blocked}}"), "free");
}

TEST(Message, EveryTextOfTheMessageIsFilled) {
    const json templates = json::parse(
        R"({"text": "{{unit.name}}", "to": ["{{renter.language}}", 7], "more": {"a": "{{business}}"},
            "flag": true})");
    const Result<Message> message = fill(templates, kData);
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->content,
              json::parse(R"({"text": "A12", "to": ["en", 7], "more": {"a": "acme"},
                              "flag": true})"));
    EXPECT_TRUE(message->missing.empty());
}

TEST(Message, SaysWhichNamesAreMissing) {
    const Result<Message> message = fill(
        "{{renter.nme}}{{site.title}}{{#gone}}{{never}}{{/gone}}{{renter.phone}}{{>unit}}", kData);
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->content, "");
    EXPECT_EQ(message->missing, (std::vector<std::string>{"> unit", "renter.nme", "site.title"}));
}

TEST(Message, FactsAreNeverReadAsTemplates) {
    const json data = {{"name", "{{secret}} {{#x}}"}, {"secret", "hush"}};
    EXPECT_EQ(fill("{{name}}|{{>name}}", data)->content, "{{secret}} {{#x}}|");
}

TEST(Message, IsBounded) {
    json list = json::array();
    for (int i = 0; i < 1000; ++i)
        list.push_back({{"t", std::string(100, 'x')}});
    const json data = {{"list", list}, {"long", std::string(20'000, 'x') + "\xc3\xa4"}};
    const Result<Message> cut = fill("{{#list}}{{t}}{{/list}}", data);
    ASSERT_TRUE(cut.has_value());
    EXPECT_TRUE(cut->is_cut);
    EXPECT_EQ(cut->content.get<std::string>().size(), kMaxTextBytes);
    EXPECT_FALSE(fill("{{#list}}{{#list}}{{#list}}{{t}}{{/list}}{{/list}}{{/list}}", data));
    json many = json::array();
    for (int i = 0; i < 300; ++i)
        many.push_back("x");
    EXPECT_FALSE(fill(many, data));
    const Result<Message> umlauts = fill("{{a}}{{a}}{{a}}", {{"a", [] {
                                                                  std::string text = "x";
                                                                  while (text.size() < 8'000)
                                                                      text += "\xc3\xa4";
                                                                  return text;
                                                              }()}});
    ASSERT_TRUE(umlauts.has_value());
    EXPECT_TRUE(is_utf8(umlauts->content.get<std::string>()));
}

TEST(Message, KnowsWhatIsNoTemplate) {
    EXPECT_EQ(fault_in_template("{{a}} {{#b}}{{/b}}"), "");
    for (const char* broken : {"{{a", "{{#a}}", "{{#a}}{{/b}}", "{{/a}}", "{{=x}}",
                               "{{#a}}{{#b}}"
                               "{{/a}}{{/b}}",
                               "{{", "x{{{", "{{{a}}"}) {
        EXPECT_NE(fault_in_template(broken), "") << broken;
    }
    EXPECT_NE(fault_in_template(std::string(9'000, 'x')), "");
}

}  // namespace
}  // namespace gatehouse::notify
