// Mail through a real server.
#include "egress/mail_exchange.hpp"

#include <gtest/gtest.h>

#include "egress/egress.hpp"
#include "support/mail_server.hpp"

namespace gatehouse::egress {
namespace {

using test::MailServer;

constexpr const char* kMessage = "Subject: x\r\n\r\nhello\r\n.\r\nMAIL FROM:<evil@x.test>\r\n";

HttpCall mail_to(const std::string& url, const std::vector<std::string>& receivers) {
    HttpCall call;
    call.method = "POST";
    call.url = url;
    call.headers = {{"Mail-From", "gatehouse@acme.example"}};
    for (const std::string& receiver : receivers)
        call.headers.emplace_back("Rcpt-To", receiver);
    call.body = kMessage;
    return call;
}

class MailTest : public testing::Test {
  protected:
    void serve(const MailServer::Options& options) {
        server_ = std::make_unique<MailServer>(options);
        authority_ = "127.0.0.1:" + std::to_string(server_->port());
    }

    // `is_listed` is whether the operator lists the address itself; if not, only its name.
    Result<HttpReply> send(const std::string& scheme, HttpCall call, bool is_listed = true,
                           bool is_trusted = true) {
        EgressOptions options;
        if (is_listed) options.allow_private = {authority_};
        if (is_trusted) options.ca_file = server_->ca_file();
        call.url = scheme + "://" + authority_;
        return make_curl_client(options)->send(call);
    }

    std::unique_ptr<MailServer> server_;
    std::string authority_;
};

TEST_F(MailTest, IsTakenOverStartTlsWithALogin) {
    serve({true, false, "ops", "mail-password"});
    HttpCall call = mail_to("", {"a@x.test", "b@y.test"});
    call.headers.emplace_back("Mail-User", "ops");
    call.headers.emplace_back("Mail-Password", "mail-password");
    const auto reply = send("smtp", call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 250);
    const nlohmann::json mail = server_->await_mail();
    EXPECT_EQ(mail["from"], "gatehouse@acme.example");
    EXPECT_EQ(mail["to"], (std::vector<std::string>{"a@x.test", "b@y.test"}));
    EXPECT_EQ(mail["helo"], "acme.example");
    EXPECT_EQ(mail["is_tls"], true);
    EXPECT_EQ(mail["is_authenticated"], true);
    EXPECT_EQ(mail["message"], kMessage);  // a lone dot did not end it
    EXPECT_EQ(server_->mails().size(), 1U);
}

TEST_F(MailTest, IsTakenOverTlsFromTheFirstByte) {
    serve({true, true});
    const auto reply = send("smtps", mail_to("", {"a@x.test"}));
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 250);
    EXPECT_EQ(server_->await_mail()["is_tls"], true);
}

TEST_F(MailTest, AWrongPasswordOrNoneIsSaidSo) {
    serve({true, false, "ops", "mail-password"});
    HttpCall call = mail_to("", {"a@x.test"});
    const auto without = send("smtp", call);
    ASSERT_TRUE(without) << without.error().message;
    EXPECT_EQ(without->status, 530);
    call.headers.emplace_back("Mail-User", "ops");
    call.headers.emplace_back("Mail-Password", "wrong");
    const auto wrong = send("smtp", call);
    ASSERT_TRUE(wrong) << wrong.error().message;
    EXPECT_EQ(wrong->status, 535);
}

TEST_F(MailTest, ARefusedReceiverMeansThatNobodyGetsIt) {
    serve({true, false});
    EXPECT_EQ(send("smtp", mail_to("", {"a@x.test", "refused@x.test"}))->status, 550);
    EXPECT_EQ(send("smtp", mail_to("", {"busy@x.test"}))->status, 451);
    EXPECT_TRUE(server_->mails().empty());
}

TEST_F(MailTest, P11_AForeignCertificateEndsIt) {
    serve({true, false});
    EXPECT_EQ(send("smtp", mail_to("", {"a@x.test"}), true, false).error().kind,
              ErrorKind::kUnavailable);
    EXPECT_TRUE(server_->mails().empty());
}

TEST_F(MailTest, P11_APrivateAddressMustBeListed) {
    serve({true, false});
    EXPECT_EQ(send("smtp", mail_to("", {"a@x.test"}), false).error().kind, ErrorKind::kForbidden);
}

// Without TLS only where the operator said so; whoever stands between cannot take STARTTLS away.
TEST_F(MailTest, P8_NoStartTlsNoMail) {
    serve({false, false});
    const auto listed = send("smtp", mail_to("", {"a@x.test"}));
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_EQ(listed->status, 250);
    EXPECT_EQ(server_->await_mail()["is_tls"], false);

    // The name leads to the listed address, but is not itself listed.
    EgressOptions options;
    options.allow_private = {authority_};
    options.connect_to = {"mail.acme.example:587=" + authority_};
    HttpCall call = mail_to("smtp://mail.acme.example", {"a@x.test"});
    const auto refused = make_curl_client(options)->send(call);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::kForbidden);
    EXPECT_EQ(server_->mails().size(), 1U);
}

TEST_F(MailTest, WhatCouldBeAnotherCommandIsRefused) {
    serve({true, false});
    for (const char* bad : {"a@x.test> SIZE=1", "a b@x.test", "<a@x.test>", "a", "@x.test", "a@",
                            "a@x.test,b@x.test", "\"a b\"@x.test", "a@x y"}) {
        EXPECT_EQ(send("smtp", mail_to("", {bad})).error().kind, ErrorKind::kInvalid) << bad;
    }
    EXPECT_EQ(send("smtp", mail_to("", {})).error().kind, ErrorKind::kInvalid);
    HttpCall call = mail_to("", {"a@x.test"});
    call.headers.emplace_back("X-Other", "y");
    EXPECT_EQ(send("smtp", call).error().kind, ErrorKind::kInvalid);
    call = mail_to("", {"a@x.test"});
    call.method = "GET";
    EXPECT_EQ(send("smtp", call).error().kind, ErrorKind::kInvalid);
    EXPECT_TRUE(server_->mails().empty());
}

}  // namespace
}  // namespace gatehouse::egress
