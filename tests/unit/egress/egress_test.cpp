#include "egress/egress.hpp"

#include <gtest/gtest.h>

namespace gatehouse::egress {
namespace {

constexpr std::int64_t kMs = 1'000'000;

class FakeClient final : public HttpClient {
  public:
    Result<HttpReply> send(const HttpCall& call) override {
        calls.push_back(call);
        clock.advance_ms(31);
        return next;
    }

    ManualClock clock{1'700'000'000'000};
    Result<HttpReply> next = HttpReply{200, {}, "{}"};
    std::vector<HttpCall> calls;
};

class EgressTest : public testing::Test {
  protected:
    EgressTest() {
        policy.key = "acme/doors";
        policy.hosts = {"api.kisi.io", "127.0.0.1:9090"};
        policy.plain_hosts = {"127.0.0.1:9090"};
        policy.secrets = Secrets({{"api_key", Secret("TOP-SECRET-VALUE")}}, random,
                                 {Secret("the-webhook-secret")});
    }

    Result<HttpReply> send(HttpCall call, std::int64_t within_ms = 10'000) {
        return egress->send(policy, std::move(call), client.clock.steady_ns() + within_ms * kMs,
                            &steps);
    }

    static HttpCall get(std::string url) {
        HttpCall call;
        call.url = std::move(url);
        return call;
    }

    std::string last_step() const { return steps.steps().empty() ? "" : steps.steps().back().text; }

    FakeClient client;
    observe::Metrics metrics;
    observe::StepLog steps{client.clock};
    SystemRandom random;
    Policy policy;
    std::string key() const { return policy.secrets.reference("api_key"); }
    std::unique_ptr<Egress> egress = make_egress(client, client.clock, metrics);
};

TEST_F(EgressTest, FillsSecretsInAndWritesOneRedactedStep) {
    HttpCall call;
    call.method = "POST";
    call.url = "https://api.kisi.io/role_assignments?token=" + key();
    call.headers = {{"Authorization", "KISI-LOGIN " + key()}};
    ASSERT_TRUE(send(call));
    ASSERT_EQ(client.calls.size(), 1U);
    EXPECT_EQ(client.calls[0].headers[0].second, "KISI-LOGIN TOP-SECRET-VALUE");
    EXPECT_EQ(client.calls[0].url, "https://api.kisi.io/role_assignments?token=TOP-SECRET-VALUE");
    ASSERT_EQ(steps.steps().size(), 1U);
    EXPECT_EQ(steps.steps()[0].kind, observe::StepKind::kAsked);
    EXPECT_EQ(last_step(), "POST api.kisi.io/role_assignments -> 200 in 31 ms");
}

TEST_F(EgressTest, P8_ASecretInThePathStaysAReferenceInTheStep) {
    ASSERT_TRUE(send(get("https://api.kisi.io/v1/" + key() + "/x")));
    EXPECT_EQ(last_step(), "GET api.kisi.io/v1/{{secret:api_key}}/x -> 200 in 31 ms");
}

TEST_F(EgressTest, P11_RefusesHostsThatAreNotListed) {
    for (const char* url : {"https://evil.example/", "https://api.kisi.io:444/",
                            "https://api.kisi.io.evil.example/", "http://127.0.0.1:9091/"}) {
        const auto reply = send(get(url));
        ASSERT_FALSE(reply) << url;
        EXPECT_EQ(reply.error().kind, ErrorKind::kForbidden) << url;
    }
    EXPECT_TRUE(client.calls.empty());
    EXPECT_EQ(steps.steps().size(), 4U);
}

TEST_F(EgressTest, P11_SpeaksPlainHttpOnlyWhereAllowed) {
    EXPECT_EQ(send(get("http://api.kisi.io/")).error().kind, ErrorKind::kForbidden);
    EXPECT_TRUE(send(get("http://127.0.0.1:9090/x")));
    EXPECT_EQ(client.calls.size(), 1U);
}

TEST_F(EgressTest, AMalformedUrlOrUnknownSecretIsInvalid) {
    EXPECT_EQ(send(get("https://{{secret:api_key}}.kisi.io/")).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(send(get("gopher://api.kisi.io/")).error().kind, ErrorKind::kInvalid);
    HttpCall call = get("https://api.kisi.io/");
    call.headers = {{"Authorization", "{{secret:other}}"}};
    EXPECT_EQ(send(call).error().kind, ErrorKind::kInvalid);
    EXPECT_TRUE(client.calls.empty());
}

TEST_F(EgressTest, TakesEchoedSecretsOutOfReplies) {
    client.next = HttpReply{
        401, {{"x-echo", "TOP-SECRET-VALUE"}}, R"({"error":"unknown key TOP-SECRET-VALUE"})"};
    HttpCall call = get("https://api.kisi.io/");
    call.headers = {{"Authorization", "KISI-LOGIN " + key()}};
    EXPECT_EQ(send(call)->body, R"({"error":"unknown key ***"})");
    EXPECT_EQ(send(call)->headers[0].second, "***");
}

TEST_F(EgressTest, P8_SecretsThatTheRequestDidNotUseAreTakenOutAsWell) {
    client.next =
        HttpReply{200, {}, R"({"key":"TOP-SECRET-VALUE","hook":{"secret":"the-webhook-secret"}})"};
    EXPECT_EQ(send(get("https://api.kisi.io/"))->body, R"({"key":"***","hook":{"secret":"***"}})");
    client.next = fail(ErrorKind::kUnavailable, "no TOP-SECRET-VALUE there");
    EXPECT_EQ(send(get("https://api.kisi.io/")).error().message, "no *** there");
    EXPECT_EQ(last_step(), "GET api.kisi.io/ -> unavailable: no *** there");
}

TEST_F(EgressTest, P8_WithAnAuthorizationOfItsOwnNoTextStandsForASecret) {
    policy.authorization = Secret("ApiKey TOP-SECRET-VALUE");
    HttpCall call = get("https://api.kisi.io/x?q={{secret:api_key}}&" + key());
    call.method = "POST";
    call.headers = {{"X-Name", "{{secret:api_key}} {{standard-webhooks:api_key}}"}};
    call.body = R"({"a":"{{secret:gone}}","b":")" + key() + "\"}";
    const HttpCall before = call;
    ASSERT_TRUE(send(call));
    EXPECT_EQ(client.calls[0].url, before.url);
    EXPECT_EQ(client.calls[0].body, before.body);
    EXPECT_EQ(client.calls[0].headers[0], before.headers[0]);
    EXPECT_EQ(client.calls[0].headers[1],
              std::make_pair(std::string("Authorization"), std::string("ApiKey TOP-SECRET-VALUE")));
}

TEST_F(EgressTest, CutsTheTimeoutToTheDeadline) {
    ASSERT_TRUE(send(get("https://api.kisi.io/"), 1500));
    EXPECT_EQ(client.calls[0].timeout_ms, 1500);
    ASSERT_TRUE(send(get("https://api.kisi.io/"), 60'000));
    EXPECT_EQ(client.calls[1].timeout_ms, 10'000);
    EXPECT_EQ(send(get("https://api.kisi.io/"), 0).error().kind, ErrorKind::kUnavailable);
}

TEST_F(EgressTest, LimitsTheRateOfItsKeyAlone) {
    policy.requests_per_second = 1;
    ASSERT_TRUE(send(get("https://api.kisi.io/"), 100));
    const auto late = send(get("https://api.kisi.io/"), 100);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, ErrorKind::kRateLimited);
    EXPECT_GT(late.error().retry_after_ms, 500);
    EXPECT_NE(last_step().find("rate_limited"), std::string::npos);
    policy.key = "other/doors";
    EXPECT_TRUE(send(get("https://api.kisi.io/"), 100));
}

TEST_F(EgressTest, A429PausesTheKey) {
    client.next = HttpReply{429, {{"retry-after", "7"}}, ""};
    EXPECT_EQ(send(get("https://api.kisi.io/"))->status, 429);
    const auto paused = send(get("https://api.kisi.io/"), 100);
    ASSERT_FALSE(paused);
    EXPECT_EQ(paused.error().retry_after_ms, 7000);
    client.clock.advance_ms(7000);
    EXPECT_EQ(send(get("https://api.kisi.io/"), 100)->status, 429);
}

TEST_F(EgressTest, TheVendorsPauseIsCapped) {
    client.next = HttpReply{429, {{"retry-after", "999999999"}}, ""};
    ASSERT_TRUE(send(get("https://api.kisi.io/")));
    EXPECT_EQ(send(get("https://api.kisi.io/"), 100).error().retry_after_ms, 300'000);
}

TEST_F(EgressTest, ShadowPassesReadsAndOnlyRecordsWrites) {
    policy.is_shadow = true;
    ASSERT_TRUE(send(get("https://api.kisi.io/users")));
    EXPECT_EQ(client.calls.size(), 1U);
    HttpCall call = get("https://api.kisi.io/users");
    call.method = "POST";
    const auto reply = send(call);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "{}");
    EXPECT_EQ(client.calls.size(), 1U);
    EXPECT_EQ(last_step(), "POST api.kisi.io/users -> not sent (shadow)");
    call.url = "https://evil.example/";
    EXPECT_FALSE(send(call));
}

TEST_F(EgressTest, AFailureIsAStepAndACount) {
    client.next = fail(ErrorKind::kUnavailable, "api.kisi.io:443: timeout was reached");
    EXPECT_FALSE(send(get("https://api.kisi.io/users")));
    EXPECT_EQ(last_step(),
              "GET api.kisi.io/users -> unavailable: api.kisi.io:443: timeout was reached");
    EXPECT_NE(metrics.text().find("gatehouse_egress_requests_total{outcome=\"unavailable\"} 1"),
              std::string::npos);
}

TEST_F(EgressTest, AfterStopNothingIsSent) {
    egress->stop();
    EXPECT_EQ(send(get("https://api.kisi.io/")).error().kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(client.calls.empty());
}

}  // namespace
}  // namespace gatehouse::egress
