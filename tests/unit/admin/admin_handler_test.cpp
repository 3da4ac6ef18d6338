#include "admin/admin_handler.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "egress/egress.hpp"
#include "unit/admin/fakes.hpp"

namespace gatehouse::admin {
namespace {

class AdminHandlerTest : public ::testing::Test {
  protected:
    edge::HttpResponse ask(std::string_view path, std::string_view authorization,
                           std::string_view method = "GET") {
        edge::HttpRequest request;
        request.method = method;
        request.path = path;
        if (!authorization.empty()) request.headers.emplace_back("authorization", authorization);
        CaughtAnswer answer;
        handler_.handle(request, answer.responder());
        return answer.get();
    }

    World world_;
    AdminHandler handler_{world_.dependencies()};
};

TEST_F(AdminHandlerTest, NeedsTheTokenForEverythingButHealth) {
    const std::string right = std::string("Bearer ") + World::kToken;
    EXPECT_EQ(ask("/healthz", "").status, 200);
    for (const char* path : {"/readyz", "/metrics", "/v1/version", "/v1/events", "/nowhere"}) {
        for (const std::string& wrong :
             {std::string(), std::string("Bearer "), std::string("Bearer x"),
              std::string(World::kToken), right + "x", "Bearer" + right.substr(7)}) {
            EXPECT_EQ(ask(path, wrong).status, 401) << path << ' ' << wrong;
        }
    }
    for (const std::string scheme : {"Bearer ", "bearer ", "BEARER  "}) {
        EXPECT_EQ(ask("/v1/version", scheme + World::kToken).status, 200) << scheme;
    }
    EXPECT_EQ(ask("/readyz", right).status, 200);
}

TEST_F(AdminHandlerTest, CountsAndTellsThoseWhoTryTokens) {
    observe::Metrics metrics;
    auto dependencies = world_.dependencies();
    dependencies.refused_tokens = &metrics.counter("refused", "");
    AdminHandler handler(dependencies);
    testing::internal::CaptureStderr();
    for (int i = 0; i < 200; ++i) {
        const std::string guess = "Bearer guess-" + std::to_string(i);
        edge::HttpRequest request;
        request.method = "GET";
        request.path = "/v1/events";
        request.peer = "192.0.2.7";
        request.headers = {{"Authorization", guess}};
        CaughtAnswer answer;
        handler.handle(request, answer.responder());
        EXPECT_EQ(answer.get().status, 401);
    }
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_EQ(dependencies.refused_tokens->value(), 200);
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << "a line a minute: " << log;
    EXPECT_NE(log.find("requests=1 last_from=192.0.2.7"), std::string::npos) << log;
    EXPECT_EQ(log.find("guess"), std::string::npos);
}

TEST_F(AdminHandlerTest, LogsWhoActs) {
    const std::string right = std::string("Bearer ") + World::kToken;
    testing::internal::CaptureStderr();
    EXPECT_EQ(ask("/v1/events", right).status, 200);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "who only looks";
    testing::internal::CaptureStderr();
    ask("/v1/dead-letters/7/replay", right, "POST");
    const std::string log = testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find("acted method=POST path=/v1/dead-letters/7/replay"), std::string::npos)
        << log;
}

TEST_F(AdminHandlerTest, RefusesADoubledHeader) {
    const std::string right = std::string("Bearer ") + World::kToken;
    edge::HttpRequest request;
    request.method = "GET";
    request.path = "/v1/version";
    request.headers = {{"Authorization", right}, {"authorization", right}};
    CaughtAnswer answer;
    handler_.handle(request, answer.responder());
    EXPECT_EQ(answer.get().status, 401);
}

TEST_F(AdminHandlerTest, TellsUnknownPathsAndMethodsApart) {
    const std::string right = std::string("Bearer ") + World::kToken;
    EXPECT_EQ(ask("/healthz", "", "POST").status, 405);
    EXPECT_EQ(ask("/healthz", "", "HEAD").status, 200);
    EXPECT_EQ(ask("/v1/version", right, "HEAD").status, 200);
    EXPECT_EQ(ask("/v1/nowhere", right).status, 404);
    EXPECT_EQ(ask("/v1/events", right, "DELETE").status, 405);
    EXPECT_EQ(ask("/v1/events//", right).status, 400);
}

// A flag in a body would not be read, and the request do more than was asked for.
TEST_F(AdminHandlerTest, ARequestThatActsHasNoBody) {
    const std::string right = std::string("Bearer ") + World::kToken;
    for (const char* path : {"/v1/sweeps/acme", "/v1/fuse/acme/confirm", "/v1/events/1/replay",
                             "/v1/dead-letters/1/replay", "/v1/dead-letters/1/discard",
                             "/v1/businesses/acme/renters/ann/erase"}) {
        for (const char* body : {"dry-run=true", R"({"dry_run":true})", "{}", " "}) {
            edge::HttpRequest request;
            request.method = "POST";
            request.path = path;
            request.body = body;
            request.headers = {{"Authorization", right}};
            CaughtAnswer answer;
            handler_.handle(request, answer.responder());
            EXPECT_EQ(answer.get().status, 400) << path << ' ' << body;
        }
    }
    EXPECT_TRUE(world_.store->lease({{"acme", 9}}, 0, 1000)->tasks.empty());
}

TEST(AdminWithoutToken, LetsNobodyIn) {
    World world;
    world.config = std::make_shared<config::Config>();
    AdminHandler handler(world.dependencies());
    edge::HttpRequest request;
    request.method = "GET";
    request.path = "/v1/version";
    request.headers = {{"Authorization", "Bearer "}};
    CaughtAnswer answer;
    handler.handle(request, answer.responder());
    EXPECT_EQ(answer.get().status, 401);
}

TEST(AdminOverTheWire, AnswersOnTheRealServer) {
    World world;
    AdminHandler handler(world.dependencies());
    const auto server = edge::start_http_server(edge::ServerOptions{}, handler);
    ASSERT_TRUE(server);
    const std::string host = "127.0.0.1:" + std::to_string((*server)->port());
    const auto client = egress::make_curl_client({{host}, ""});
    egress::HttpCall call;
    call.url = "http://" + host + "/v1/version";
    EXPECT_EQ(client->send(call)->status, 401);
    call.headers = {{"Authorization", std::string("Bearer ") + World::kToken}};
    for (int i = 0; i < 20; ++i) {
        const auto answer = client->send(call);
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->status, 200);
        EXPECT_EQ(answer->body, R"({"fingerprint":"f1ngerpr1nt","version":"1.2.3"})");
    }
    (*server)->drain(1000);
}

}  // namespace
}  // namespace gatehouse::admin
