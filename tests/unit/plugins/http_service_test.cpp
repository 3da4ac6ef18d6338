#include "plugins/http_service.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace gatehouse::plugins {
namespace {

class FakeEgress final : public egress::Egress {
  public:
    Result<egress::HttpReply> send(const egress::Policy&, egress::HttpCall, std::int64_t,
                                   observe::StepLog*) override {
        if (error) return tl::unexpected(*error);
        return reply;
    }

    egress::HttpReply reply{200, {}, ""};
    std::optional<Error> error;
};

nlohmann::json reply_to_plugin(FakeEgress& egress) {
    const ServiceAnswer answer = send_http(
        egress, {}, R"({"schema":1,"method":"GET","url":"https://api.kisi.io/"})", 0, nullptr);
    EXPECT_EQ(answer.kind, 0U);
    return parse_json(answer.document).value();
}

// A plugin that writes back what it has read would ask for the secret otherwise, and everybody who
// sees the vendor's record would read it there.
TEST(HttpServiceTest, P8_WhatAVendorAnswersHoldsNoReference) {
    FakeEgress egress;
    egress.reply.body = R"({"name":"{{secret:api_key}}","note":"{{{base64:x}}"})";
    egress.reply.headers = {{"x-name", "{{standard-webhooks:key}}"}};
    const nlohmann::json reply = reply_to_plugin(egress);
    EXPECT_EQ(reply.dump().find("{{"), std::string::npos) << reply.dump();
    EXPECT_EQ(parse_json(reply["body"].get<std::string>()).value()["name"], "{ {secret:api_key}}");
}

TEST(HttpServiceTest, P8_NorDoesWhatAPluginMakesOfItsJson) {
    FakeEgress egress;
    for (const char* name : {R"(\u007b\u007bsecret:api_key}})", R"(\u007B{secret:api_key}})",
                             R"({\u007bsecret:api_key}})", "{{secret:api_key}}"}) {
        egress.reply.body = std::string(R"({"name":")") + name + "\"}";
        const std::string body = reply_to_plugin(egress)["body"].get<std::string>();
        EXPECT_EQ(parse_json(body).value()["name"], "{ {secret:api_key}}") << name;
    }
}

TEST(HttpServiceTest, AnAnswerWithoutReferencesStaysAsItIs) {
    FakeEgress egress;
    egress.reply.body = R"({"a":{"b":{}},"list":[{"c":"{"}]})";
    EXPECT_EQ(reply_to_plugin(egress)["body"], egress.reply.body);
}

// A call that was turned away counts as no attempt; one that came half the way does, or it would
// come half the way for ever.
TEST(HttpServiceTest, OnlyACallOfWhichNothingWentOutWasPostponed) {
    const Error shut =
        postpone(ErrorKind::kUnavailable, "acme/doors does not answer", 5'000).value();
    const Error late = postpone(ErrorKind::kRateLimited, "the rate is used up", 700).value();
    const Error refused{ErrorKind::kForbidden, "not a host of this connection"};
    const Error down{ErrorKind::kUnavailable, "timeout was reached"};
    const std::optional<Error> sent;
    struct Case {
        std::vector<std::optional<Error>> requests;  // as egress answers them; nothing = 200
        ErrorKind plugins_word;
        bool is_postponed;
    };
    for (const Case& made : std::vector<Case>{{{shut}, ErrorKind::kUnavailable, true},
                                              {{late}, ErrorKind::kInternal, true},
                                              {{late, late}, ErrorKind::kRateLimited, true},
                                              {{shut}, ErrorKind::kInvalid, false},
                                              {{shut}, ErrorKind::kAuth, false},
                                              {{sent, shut}, ErrorKind::kUnavailable, false},
                                              {{down, shut}, ErrorKind::kUnavailable, false},
                                              {{refused, late}, ErrorKind::kUnavailable, false},
                                              {{sent}, ErrorKind::kUnavailable, false},
                                              {{}, ErrorKind::kInternal, false}}) {
        FakeEgress egress;
        Requests requests;
        for (const std::optional<Error>& error : made.requests) {
            egress.error = error;
            (void)send_http(egress, {},
                            R"({"schema":1,"method":"GET","url":"https://api.kisi.io/"})", 0,
                            nullptr, &requests);
        }
        const Error judged_as = judged({made.plugins_word, "the plugin's words"}, requests);
        EXPECT_EQ(judged_as.is_postponed, made.is_postponed);
        EXPECT_EQ(judged_as.kind, made.plugins_word);
        if (made.is_postponed) {
            EXPECT_EQ(judged_as.message, made.requests.back()->message);
            EXPECT_EQ(judged_as.retry_after_ms, made.requests.back()->retry_after_ms);
        }
    }
}

}  // namespace
}  // namespace gatehouse::plugins
