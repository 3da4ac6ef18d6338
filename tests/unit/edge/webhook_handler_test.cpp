// Webhooks in, without a socket: the handler over the real store.
#include "edge/webhooks/webhook_handler.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/encoding.hpp"
#include "store/sqlite_store.hpp"
#include "support/temp_dir.hpp"
#include "support/webhook_signature.hpp"

namespace gatehouse::edge {
namespace {

constexpr const char* kPath = "/v1/webhooks/acme/storeganise";
constexpr std::string_view kBody =
    R"({"id":"5bf48bd975970f170a8e42b7","created":"2021-11-21T11:26:32.105Z",)"
    R"("type":"job.unit_moveIn.completed","data":{"jobId":"5bf540e8d986a91cd713affe"}})";

class Answer final : public Responder::Channel {
  public:
    explicit Answer(std::promise<HttpResponse> promise) : promise_(std::move(promise)) {}
    void send(HttpResponse response) noexcept override { promise_.set_value(std::move(response)); }

  private:
    std::promise<HttpResponse> promise_;
};

class WebhookHandlerTest : public testing::Test {
  protected:
    WebhookHandlerTest() {
        config::Business acme;
        acme.storeganise.webhook_secrets = {{Secret("old"), "env:OLD"}, {Secret("new"), "env:NEW"}};
        acme.notify.resize(1);
        acme.notify[0].on = {"invoice.*", "job.unit_moveIn.*"};
        acme.notify[0].connection = "ops";
        config_.businesses["acme"] = acme;
        store_ = store::open_sqlite_store({.path = dir_ / "test.db"}, clock_, metrics_).value();
        handler_ = std::make_unique<WebhookHandler>(config_, vendors(), *store_, clock_, metrics_);
    }

    static std::vector<VendorSource> vendors() {
        return {{"acme",
                 "doors",
                 verify::make_scheme("hmac-sha256", "X-Signature", "sha256=", "hex").value(),
                 "/uuid",
                 {{Secret("old key"), "env:OLD_KEY"}, {Secret("key"), "env:KEY"}}},
                {"acme",
                 "codes",
                 verify::make_scheme("standard-webhooks", "", "", "").value(),
                 "",
                 {{Secret("whsec_" + to_base64("svix")), "env:SVIX"}}},
                {"acme",
                 "keypads",
                 verify::make_scheme("hmac-sha256", "X-Signature", "", "hex").value(),
                 "/uuid",
                 {{Secret("key"), "env:KEY"}},
                 {"code", "keypadCode"}}};
    }

    HttpResponse send(std::string_view body,
                      std::vector<std::pair<std::string_view, std::string_view>> headers,
                      std::string_view path = kPath, std::string_view method = "POST") {
        HttpRequest request;
        request.method = method;
        request.path = path;
        request.body = body;
        request.headers = std::move(headers);
        std::promise<HttpResponse> promise;
        std::future<HttpResponse> answer = promise.get_future();
        handler_->handle(request, Responder(std::make_unique<Answer>(std::move(promise))));
        return answer.get();
    }

    HttpResponse send_signed(std::string_view body) {
        const std::string signature = test::storeganise_signature("new", body);
        return send(body, {{"SG-Signature", signature}});
    }

    std::size_t stored() { return store_->events({})->size(); }

    test::TempDir dir_;
    ManualClock clock_{1'790'000'000'000};
    observe::Metrics metrics_;
    config::Config config_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<WebhookHandler> handler_;
};

TEST_F(WebhookHandlerTest, P1_AnswersOnceTheEventAndItsTaskAreStored) {
    const HttpResponse response = send_signed(kBody);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"message":"ok job.unit_moveIn.completed"})");
    const auto event =
        store_->event_by_sender_id("acme", "storeganise", "5bf48bd975970f170a8e42b7").value();
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(event->body, kBody);
    EXPECT_EQ(event->verified_by, "env:NEW");
    EXPECT_EQ(event->state, store::EventState::kOpen);
    EXPECT_EQ(store_->queue_state()->waiting, 2);  // to be looked at, and to be told
}

TEST_F(WebhookHandlerTest, ATypeThatARouteWantsWaitsToBeTold) {
    EXPECT_EQ(send_signed(R"({"id":"a","type":"invoice.deleted","data":{}})").status, 200);
    EXPECT_EQ(store_->queue_state()->waiting, 1);
    EXPECT_EQ(store_->events({}).value()[0].state, store::EventState::kOpen);
}

TEST_F(WebhookHandlerTest, P2_ManyCopiesAtOnceMakeOneEvent) {
    std::vector<std::thread> senders;
    std::atomic<int> good = 0;
    for (int i = 0; i < 32; ++i) {
        senders.emplace_back([&] { good += send_signed(kBody).status == 200 ? 1 : 0; });
    }
    for (std::thread& sender : senders) {
        sender.join();
    }
    EXPECT_EQ(good, 32);
    EXPECT_EQ(stored(), 1U);
    EXPECT_EQ(store_->queue_state()->waiting, 2);  // to be looked at, and to be told
}

TEST_F(WebhookHandlerTest, AWrongSignatureIs401AndNothingIsStored) {
    const std::string wrong = test::storeganise_signature("other", kBody);
    const std::string right = test::storeganise_signature("new", kBody);
    EXPECT_EQ(send(kBody, {{"sg-signature", wrong}}).status, 401);
    EXPECT_EQ(send(kBody, {}).status, 401);
    EXPECT_EQ(send(kBody, {{"sg-signature", ""}}).status, 401);
    EXPECT_EQ(send(kBody, {{"sg-signature", right}, {"SG-SIGNATURE", right}}).status, 401)
        << "a doubled header";
    EXPECT_EQ(send(std::string(kBody) + "\n", {{"sg-signature", right}}).status, 401);
    EXPECT_EQ(stored(), 0U);
}

TEST_F(WebhookHandlerTest, PathsOfAnotherShapeAre404) {
    const std::string right = test::storeganise_signature("new", kBody);
    for (const char* path : {"/", "/v1/webhooks/", "/v1/webhooks/acme", "/v1/webhooks/acme/",
                             "/v1/webhooks//acme/x", "/v1/webhooks/acme/storeganise/x",
                             "/v1/webhooks/acme/storeganise//", "//v1/webhooks/acme/storeganise"}) {
        EXPECT_EQ(send(kBody, {{"sg-signature", right}}, path).status, 404) << path;
    }
    EXPECT_EQ(stored(), 0U);
}

TEST_F(WebhookHandlerTest, TakesASlashAtTheEnd) {
    const std::string right = test::storeganise_signature("new", kBody);
    EXPECT_EQ(send(kBody, {{"sg-signature", right}}, std::string(kPath) + "/").status, 200);
    EXPECT_EQ(stored(), 1U);
}

// Whoever asks learns nothing of which businesses and connections there are.
TEST_F(WebhookHandlerTest, AnswersForWhoIsNotHereAsForAWrongSignature) {
    const std::string right = test::storeganise_signature("new", kBody);
    const std::string wrong = test::storeganise_signature("other", kBody);
    const std::vector<std::vector<std::pair<std::string_view, std::string_view>>> shown{
        {{"sg-signature", wrong}},
        {{"authorization", "Basic eDp5"}},
        {{"sg-signature", wrong}, {"content-encoding", "gzip"}},
        {{"x-nothing", "x"}},
        {}};
    for (const auto& headers : shown) {
        for (const char* method : {"POST", "GET", "PUT"}) {
            const auto known = send(kBody, headers, kPath, method);
            for (const char* path : {"/v1/webhooks/other/storeganise", "/v1/webhooks/acme/gates",
                                     "/v1/webhooks/other/doors"}) {
                const auto unknown = send(kBody, headers, path, method);
                EXPECT_EQ(unknown.status, known.status) << path;
                EXPECT_EQ(unknown.body, known.body) << path;
            }
            EXPECT_NE(known.status, 200);
        }
    }
    EXPECT_EQ(send(kBody, {{"sg-signature", right}}, "/v1/webhooks/other/storeganise").status, 401);
    EXPECT_EQ(send(kBody, {{"sg-signature", right}}, kPath, "GET").status, 405);
    EXPECT_EQ(send(kBody, {{"sg-signature", right}, {"content-encoding", "gzip"}}, kPath).status,
              415);
    EXPECT_EQ(stored(), 0U);
}

TEST_F(WebhookHandlerTest, SignedRubbishIs400AndAnOperatorCanSeeIt) {
    for (const char* body : {"not json", "{", "[]", "{}", R"({"id":"x"})", R"({"type":7})"}) {
        EXPECT_EQ(send_signed(body).status, 400) << body;
    }
    store::EventFilter invalid;
    invalid.state = store::EventState::kInvalid;
    const auto events = store_->events(invalid).value();
    ASSERT_EQ(events.size(), 6U);
    EXPECT_FALSE(store_->timeline(events[0].id)->empty());
    EXPECT_EQ(send_signed("not json").status, 400);
    EXPECT_EQ(stored(), 6U) << "the same rubbish again is the same entry";
    EXPECT_EQ(store_->queue_state()->waiting, 0);
}

TEST_F(WebhookHandlerTest, ATypeThatCouldBreakAnAnswerIsNotUsable) {
    for (const char* type : {R"(a"b)", R"(a\b)", R"(a
b)",
                             "grÃ¼Ã"}) {
        const HttpResponse response =
            send_signed(std::string(R"({"id":"a","type":")") + type + "\"}");
        EXPECT_EQ(response.status, 400) << type;
        EXPECT_TRUE(nlohmann::json::accept(response.body));
    }
}

TEST_F(WebhookHandlerTest, P12_UnknownTypesAre200AndMakeNoTask) {
    EXPECT_EQ(send_signed(R"({"id":"a","type":"brand.new.event","data":{}})").status, 200);
    EXPECT_EQ(store_->queue_state()->waiting, 0);
    EXPECT_EQ(store_->events({}).value()[0].state, store::EventState::kIgnored);
}

TEST_F(WebhookHandlerTest, WithoutAnIdTheBytesAreTheId) {
    const char* first = R"({"type":"job.unit_moveIn.completed","data":{"jobId":"a"}})";
    const char* second = R"({"type":"job.unit_moveIn.completed","data":{"jobId":"b"}})";
    for (const char* body : {first, first, second}) {
        EXPECT_EQ(send_signed(body).status, 200);
    }
    EXPECT_EQ(stored(), 2U);
}

TEST_F(WebhookHandlerTest, P11_AnApiUrlInTheBodyIsJustText) {
    EXPECT_EQ(send_signed(R"({"id":"a","type":"job.unit_moveIn.completed",)"
                          R"("apiUrl":"https://evil.example","data":{"jobId":"a"}})")
                  .status,
              200);
}

TEST_F(WebhookHandlerTest, P1_AClosedStoreIs503WithRetryAfter) {
    store_->close();
    const HttpResponse response = send_signed(kBody);
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.retry_after_s, 1);
}

TEST_F(WebhookHandlerTest, SecretUseIsRecordedByLabel) {
    const std::string old = test::storeganise_signature("old", kBody);
    EXPECT_EQ(send(kBody, {{"sg-signature", old}}).status, 200);
    const auto uses = store_->secret_uses("acme").value();
    ASSERT_EQ(uses.size(), 1U);
    EXPECT_EQ(uses[0].label, "env:OLD");
}

constexpr const char* kDoors = "/v1/webhooks/acme/doors";
constexpr std::string_view kUnlock =
    R"({"uuid":"d7cf0237-a492-4e5d-b20c-f58fc3ef4eff","type":"lock.unlock","success":true})";

TEST_F(WebhookHandlerTest, P1_AVendorsEventIsStoredUnderItsConnection) {
    const std::string signature = "sha256=" + to_hex(test::hmac_sha256("key", kUnlock));
    for (int copy = 0; copy < 2; ++copy) {
        const HttpResponse response = send(kUnlock, {{"X-Signature", signature}}, kDoors);
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body, R"({"message":"ok lock.unlock"})");
    }
    EXPECT_EQ(stored(), 1U) << "P2: the same uuid is the same event";
    const auto event =
        store_->event_by_sender_id("acme", "doors", "d7cf0237-a492-4e5d-b20c-f58fc3ef4eff").value();
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(event->verified_by, "env:KEY");
    EXPECT_TRUE(store_
                    ->waiting("acme", dispatch::TaskKind::kInbound,
                              "doors/d7cf0237-a492-4e5d-b20c-f58fc3ef4eff")
                    ->has_value());
}

TEST_F(WebhookHandlerTest, AVendorsSignatureMayLackItsPrefixAndBeUpperCase) {
    std::string bare = to_hex(test::hmac_sha256("old key", kUnlock));
    for (char& c : bare) {
        c = static_cast<char>(std::toupper(c));
    }
    EXPECT_EQ(send(kUnlock, {{"x-signature", bare}}, kDoors).status, 200);
    const std::string foreign = to_hex(test::hmac_sha256("new", kUnlock));
    EXPECT_EQ(send(kUnlock, {{"x-signature", foreign}}, kDoors).status, 401)
        << "Storeganise's secret is not the vendor's";
    EXPECT_EQ(send(kUnlock, {}, kDoors).status, 401);
}

TEST_F(WebhookHandlerTest, AVendorsEventWithoutAnIdIsKnownByItsBytes) {
    for (const char* body : {R"({"type":"lock.unlock"})", R"({"uuid":{"a":1}})", "[]"}) {
        const std::string signature = to_hex(test::hmac_sha256("key", body));
        for (int copy = 0; copy < 2; ++copy) {
            EXPECT_EQ(send(body, {{"X-Signature", signature}}, kDoors).status, 200) << body;
        }
    }
    EXPECT_EQ(stored(), 3U);
    const std::string signature = to_hex(test::hmac_sha256("key", "rubbish"));
    EXPECT_EQ(send("rubbish", {{"X-Signature", signature}}, kDoors).status, 400);
}

constexpr const char* kKeypads = "/v1/webhooks/acme/keypads";

TEST_F(WebhookHandlerTest, P2_BytesThatMayNotBeKeptAreKnownAgainAfterARestart) {
    const std::string signature = to_hex(test::hmac_sha256("key", "rubbish"));
    for (const char* key : {"one key", "one key", "another key"}) {
        handler_ = std::make_unique<WebhookHandler>(config_, vendors(), *store_, clock_, metrics_,
                                                    nullptr, Secret(key));
        EXPECT_EQ(send("rubbish", {{"X-Signature", signature}}, kKeypads).status, 400);
    }
    EXPECT_EQ(stored(), 2U);
}

TEST_F(WebhookHandlerTest, P8_APinIsStruckOutAfterTheSignatureAndBeforeTheStore) {
    constexpr std::string_view kBytes =
        R"({ "uuid": "e1", "type": "code.set", "auth": { "code": 739164, "name": "Ada" } })";
    const std::string signature = to_hex(test::hmac_sha256("key", kBytes));
    const HttpResponse response = send(kBytes, {{"X-Signature", signature}}, kKeypads);
    EXPECT_EQ(response.body, R"({"message":"ok code.set"})");
    const auto event = store_->event_by_sender_id("acme", "keypads", "e1").value();
    ASSERT_TRUE(event.has_value());
    EXPECT_EQ(event->body, R"({"auth":{"code":null,"name":"Ada"},"type":"code.set","uuid":"e1"})");
    const std::string of_kept = to_hex(test::hmac_sha256("key", event->body));
    EXPECT_EQ(send(kBytes, {{"X-Signature", of_kept}}, kKeypads).status, 401);
}

TEST_F(WebhookHandlerTest, P8_WithoutAnIdTheBytesWithoutThePinAreTheId) {
    for (const char* body : {R"({"type":"code.set","lock":1,"code":"739164"})",
                             R"({"type":"code.set","lock":1,"code":"815937"})"}) {
        const std::string signature = to_hex(test::hmac_sha256("key", body));
        EXPECT_EQ(send(body, {{"X-Signature", signature}}, kKeypads).status, 200);
    }
    ASSERT_EQ(stored(), 1U);
    const auto event = store_->events({}).value()[0];
    EXPECT_EQ(event.sender_id, id_of_bytes(R"({"code":null,"lock":1,"type":"code.set"})"));
}

TEST_F(WebhookHandlerTest, P8_WhatCannotBeReadIsNotKeptWherePinsAreStruckOut) {
    const std::string deep = std::string(40, '[') + "739164" + std::string(40, ']');
    const std::string no_escape = R"({"code":"739164\x"})";
    for (const std::string& body : {std::string(R"({"code":739164)"), deep, no_escape}) {
        const std::string signature = to_hex(test::hmac_sha256("key", body));
        EXPECT_EQ(send(body, {{"X-Signature", signature}}, kKeypads).status, 400) << body;
        EXPECT_EQ(send(body, {{"X-Signature", signature}}, kKeypads).status, 400) << body;
        EXPECT_FALSE(*store_->event_by_sender_id("acme", "keypads", id_of_bytes(body)))
            << "a hash of the bytes would tell the PIN to who tries them all";
    }
    store::EventFilter invalid;
    invalid.state = store::EventState::kInvalid;
    const auto events = store_->events(invalid).value();
    EXPECT_EQ(events.size(), 3U) << "the same rubbish again is the same entry";
    for (const auto& listed : events) {
        const auto event = store_->event_by_sender_id("acme", "keypads", listed.sender_id).value();
        EXPECT_EQ(event->body, "");
    }
}

TEST_F(WebhookHandlerTest, StandardWebhooksAreTakenWithinFiveMinutes) {
    const auto send_svix = [this](const std::string& prefix, const std::string& id,
                                  std::int64_t sent_s) {
        const std::string time = std::to_string(sent_s);
        const std::string text = id + "." + time + "." + std::string(kUnlock);
        const std::string value = "v1,b2xk v1," + to_base64(test::hmac_sha256("svix", text));
        const std::string names[] = {prefix + "-id", prefix + "-timestamp", prefix + "-signature"};
        return send(kUnlock, {{names[0], id}, {names[1], time}, {names[2], value}},
                    "/v1/webhooks/acme/codes");
    };
    const std::int64_t now_s = clock_.now_ms() / 1000;
    EXPECT_EQ(send_svix("svix", "msg_1", now_s - 300).status, 200);
    EXPECT_EQ(send_svix("webhook", "msg_1", now_s + 300).status, 200);
    EXPECT_EQ(stored(), 1U) << "the header's id is the event's";
    EXPECT_EQ(store_->events({}).value()[0].sender_id, "msg_1");
    const HttpResponse late = send_svix("svix", "msg_2", now_s - 301);
    EXPECT_EQ(late.status, 401);
    EXPECT_NE(late.body.find("5 minutes"), std::string::npos);
    EXPECT_EQ(send_svix("other", "msg_2", now_s).status, 401);
    EXPECT_EQ(stored(), 1U);
}

TEST_F(WebhookHandlerTest, P10_BeyondItsQuotaABusinessIsAskedToComeAgainAndOthersAreNot) {
    config_.businesses["beta"] = config_.businesses["acme"];
    config_.businesses["acme"].quota = {0.1, 1 << 20};  // six at once
    int woken = 0;
    handler_ = std::make_unique<WebhookHandler>(config_, vendors(), *store_, clock_, metrics_,
                                                [&] { ++woken; });
    const auto event = [](int id) {
        return R"({"id":"e)" + std::to_string(id) + R"(","type":"a"})";
    };
    for (int id = 0; id < 6; ++id)
        EXPECT_EQ(send_signed(event(id)).status, 200);
    for (int id = 6; id < 60; ++id) {
        const HttpResponse response = send_signed(event(id));
        EXPECT_EQ(response.status, 429);
        EXPECT_EQ(response.retry_after_s, 10);
    }
    const std::string by_vendor = to_hex(test::hmac_sha256("key", kUnlock));
    EXPECT_EQ(send(kUnlock, {{"X-Signature", by_vendor}}, kDoors).status, 429)
        << "its vendors' webhooks count as well";
    EXPECT_EQ(send("{}", {{"sg-signature", "forged"}}).status, 401) << "a stranger takes nothing";
    const std::string body = event(0);
    const std::string signature = test::storeganise_signature("new", body);
    EXPECT_EQ(send(body, {{"sg-signature", signature}}, "/v1/webhooks/beta/storeganise").status,
              200);
    EXPECT_EQ(stored(), 7U);
    EXPECT_EQ(woken, 1);
    const auto news = handler_->quota_news().take_changes(clock_.steady_ns());
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].business, "acme");
    clock_.advance_ms(10'000);
    EXPECT_EQ(send_signed(event(60)).status, 200);
}

TEST_F(WebhookHandlerTest, P10_OnlyWhatIsKeptCountsForTheDaysBytes) {
    config_.businesses["acme"].quota = {10'000, 1 << 20};
    handler_ = std::make_unique<WebhookHandler>(config_, vendors(), *store_, clock_, metrics_);
    const auto large = [](const std::string& id, const std::string& type) {
        return R"({"id":")" + id + R"(","type":")" + type + R"(","x":")" +
               std::string(600'000, 'x') + "\"}";
    };
    EXPECT_EQ(send_signed(large("a", "job.unit_moveIn.completed")).status, 200);
    for (int copy = 0; copy < 3; ++copy)
        EXPECT_EQ(send_signed(large("a", "job.unit_moveIn.completed")).status, 429);
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(send_signed(large("i" + std::to_string(i), "brand.new")).status, 200)
            << "of an event that asks for nothing a large body is not kept";
    }
    config_.businesses["acme"].quota = {10'000, 1 << 21};
    handler_ = std::make_unique<WebhookHandler>(config_, vendors(), *store_, clock_, metrics_);
    for (int copy = 0; copy < 20; ++copy) {
        EXPECT_EQ(send_signed(large("b", "job.unit_moveIn.completed")).status, 200)
            << "a copy that is known already costs nothing";
    }
}

TEST_F(WebhookHandlerTest, ABusinessWhoseConfigurationIsRefusedAsksItsSendersToComeAgain) {
    config_.refused["beta"] = {{"beta.yaml", 0, 0}, "beta.yaml:3:1: error: unknown key"};
    handler_ = std::make_unique<WebhookHandler>(config_, vendors(), *store_, clock_, metrics_);
    for (const char* path : {"/v1/webhooks/beta/storeganise", "/v1/webhooks/beta/doors",
                             "/v1/webhooks/beta/anything"}) {
        const HttpResponse response = send(kBody, {}, path);
        EXPECT_EQ(response.status, 503) << path;
        EXPECT_EQ(response.retry_after_s, 30) << path;
    }
    EXPECT_EQ(send(kBody, {}, "/v1/webhooks/beta2/storeganise").status, 401);
    EXPECT_EQ(send_signed(kBody).status, 200) << "the others go on";
    EXPECT_EQ(stored(), 1U);
}

}  // namespace
}  // namespace gatehouse::edge
