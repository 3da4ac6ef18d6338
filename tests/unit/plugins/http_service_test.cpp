#include "plugins/http_service.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace gatehouse::plugins {
namespace {

class FakeEgress final : public egress::Egress {
  public:
    Result<egress::HttpReply> send(const egress::Policy&, egress::HttpCall, std::int64_t,
                                   observe::StepLog*) override {
        return reply;
    }

    egress::HttpReply reply{200, {}, ""};
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

TEST(HttpServiceTest, AnAnswerWithoutReferencesStaysAsItIs) {
    FakeEgress egress;
    egress.reply.body = R"({"a":{"b":{}},"list":[{"c":"{"}]})";
    EXPECT_EQ(reply_to_plugin(egress)["body"], egress.reply.body);
}

}  // namespace
}  // namespace gatehouse::plugins
