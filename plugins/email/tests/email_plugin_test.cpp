#include <gtest/gtest.h>

#include "gatehouse/plugin.hpp"
#include "gatehouse/sdk/testing.hpp"
#include "mail.hpp"

extern "C" const gatehouse_entry gatehouse_entry_v1;

namespace {

using gatehouse::email::addresses_in;
using gatehouse::email::is_address;
using gatehouse::email::Mail;
using gatehouse::email::to_message;
using gatehouse::sdk::Json;
using gatehouse::sdk::Outcome;
using gatehouse::sdk::TestHost;

TEST(Mail, IsAMessageAsTheRfcWantsIt) {
    Mail mail;
    mail.id = "gh_1@acme.example";
    mail.at_ms = 1'795'334'400'000;
    mail.from = "gatehouse@acme.example";
    mail.from_name = "Gatehouse";
    mail.reply_to = "desk@acme.example";
    mail.to = {"a@x.test", "b@y.test"};
    mail.subject =
        "Gr\xc3\xbc\xc3\x9f"
        "e";
    mail.text = "hello\n";
    EXPECT_EQ(to_message(mail),
              "Date: Sun, 22 Nov 2026 08:00:00 +0000\r\n"
              "From: =?utf-8?B?R2F0ZWhvdXNl?=\r\n <gatehouse@acme.example>\r\n"
              "To: a@x.test,\r\n b@y.test\r\n"
              "Reply-To: desk@acme.example\r\n"
              "Message-ID: <gh_1@acme.example>\r\n"
              "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n"
              "Auto-Submitted: auto-generated\r\n"
              "MIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\n"
              "Content-Transfer-Encoding: base64\r\n"
              "\r\n"
              "aGVsbG8K\r\n");
}

TEST(Mail, NothingBeginsAHeaderOrALongLine) {
    Mail mail;
    mail.from = "a@x.test";
    mail.to.assign(50, std::string(60, 'a') + "@x.test");
    mail.from_name = "x\r\nBcc: evil@x.test";
    mail.subject = "x\r\nBcc: evil@x.test";
    while (mail.subject.size() < 3'000)
        mail.subject += "\xc3\xa4";
    mail.text = ".\r\nQUIT\r\n" + std::string(5'000, 'x');
    const std::string message = to_message(mail);
    EXPECT_EQ(message.find("Bcc"), std::string::npos);
    EXPECT_EQ(message.find("\r\n.\r\n"), std::string::npos);
    std::size_t begin = 0;
    for (std::size_t end = message.find("\r\n"); end != std::string::npos;
         end = message.find("\r\n", begin)) {
        EXPECT_LE(end - begin, 78U);
        begin = end + 2;
    }
    EXPECT_EQ(begin, message.size());
    EXPECT_LT(message.size(), 16'000U);
}

TEST(Mail, AddressesAreStrict) {
    for (const char* good : {"a@x.test", "a.b+c_d@x-y.test", "o'neil@x.test"})
        EXPECT_TRUE(is_address(good)) << good;
    for (const char* bad : {"", "a", "@x", "a@", "a b@x", "a@x y", "a@x\r\nb", "<a@x>", "a@@x",
                            "a@x,b@y", "\xc3\xa4@x", "a@.x", "a@x."}) {
        EXPECT_FALSE(is_address(bad)) << bad;
    }
    EXPECT_EQ(addresses_in(" a@x.test , b@y.test,"),
              (std::vector<std::string>{"a@x.test", "b@y.test"}));
    EXPECT_EQ(addresses_in(""), std::vector<std::string>{});
    EXPECT_FALSE(addresses_in("a@x.test, nobody").has_value());
}

class EmailTest : public testing::Test {
  protected:
    void make(const Json& more = Json::object()) {
        host_.on_http([this](const Json&) { return reply_; });
        Json settings{{"from", "gatehouse@acme.example"}};
        settings.update(more);
        const Outcome made = host_.create(gatehouse_entry_v1, settings, "smtp://mail.acme.example");
        ASSERT_EQ(made.kind, GATEHOUSE_OK) << made.message;
    }

    Outcome send(Json message) {
        return host_.call("notify.send", {{"schema", 1},
                                          {"id", "gh_1"},
                                          {"event", {{"id", "e"}, {"type", "t"}}},
                                          {"business", "acme"},
                                          {"facts", Json::object()},
                                          {"message", std::move(message)}});
    }

    Json headers() const { return host_.requests().back()["headers"]; }

    TestHost host_;
    Json reply_{{"status", 250}, {"body", ""}};
};

TEST_F(EmailTest, GivesTheHostTheEnvelopeAndTheMessage) {
    make({{"username", "ops"}, {"password", "{{secret:password}}"}});
    const Outcome sent = send({{"to", "a@x.test, b@y.test"}, {"title", "T"}, {"text", "hello"}});
    ASSERT_EQ(sent.kind, GATEHOUSE_OK) << sent.message;
    EXPECT_EQ(host_.requests()[0]["url"], "smtp://mail.acme.example");
    EXPECT_EQ(headers(), Json::parse(R"([["Mail-From", "gatehouse@acme.example"],
        ["Rcpt-To", "a@x.test"], ["Rcpt-To", "b@y.test"], ["Mail-User", "ops"],
        ["Mail-Password", "{{secret:password}}"]])"));
    const std::string body = host_.requests()[0]["body"];
    EXPECT_NE(body.find("Message-ID: <gh_1@acme.example>\r\n"), std::string::npos);
    EXPECT_NE(body.find("Subject: =?utf-8?B?VA==?=\r\n"), std::string::npos);
}

TEST_F(EmailTest, RoutesThatNameNobodyReachThoseOfTheSettings) {
    make({{"to", Json::array({"a@x.test"})}});
    ASSERT_EQ(send(Json::object()).kind, GATEHOUSE_OK);
    EXPECT_EQ(headers()[1], Json::parse(R"(["Rcpt-To", "a@x.test"])"));
    EXPECT_EQ(send({{"to", Json::array({"b@x.test", "c@x.test"})}}).kind, GATEHOUSE_OK);
    EXPECT_EQ(headers().size(), 3U);
    for (const Json& bad : {Json(""), Json("nobody"), Json(7), Json::array({1}),
                            Json("a\u00a0b@x.test"), Json("mailto:")})
        EXPECT_EQ(send({{"to", bad}}).kind, GATEHOUSE_INVALID) << bad;
}

TEST_F(EmailTest, AddressesAreTakenAsTheyWerePasted) {
    make({{"to", Json::array({"a@x.test"})}});
    ASSERT_EQ(send({{"to", "\tann@x.test\r\n,\u00a0mailto:bob@x.test\ufeff, "}}).kind,
              GATEHOUSE_OK);
    EXPECT_EQ(headers()[1], Json::parse(R"(["Rcpt-To", "ann@x.test"])"));
    EXPECT_EQ(headers()[2], Json::parse(R"(["Rcpt-To", "bob@x.test"])"));
}

TEST_F(EmailTest, ErrorsAreWhatSmtpMeansByThem) {
    make({{"to", Json::array({"a@x.test"})}});
    const auto answered = [this](int status) {
        reply_ = {{"status", status}, {"body", ""}};
        return send(Json::object()).kind;
    };
    EXPECT_EQ(answered(535), GATEHOUSE_AUTH);
    EXPECT_EQ(answered(530), GATEHOUSE_AUTH);
    EXPECT_EQ(answered(550), GATEHOUSE_INVALID);
    EXPECT_EQ(answered(451), GATEHOUSE_UNAVAILABLE);
    EXPECT_EQ(answered(421), GATEHOUSE_UNAVAILABLE);
}

TEST_F(EmailTest, RefusesHalfAnAccount) {
    EXPECT_EQ(host_
                  .create(gatehouse_entry_v1, {{"from", "a@x.test"}, {"username", "u"}},
                          "smtps://mail.acme.example")
                  .kind,
              GATEHOUSE_INVALID);
}

}  // namespace
