#include "edge/http_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "edge/certificate.hpp"
#include "edge/client.hpp"
#include "edge/handlers.hpp"

namespace gatehouse::edge {
namespace {

class HttpServerTest : public testing::Test {
  protected:
    void start(HttpHandler& handler) {
        if (tls_) {
            options_.tls = write_certificate(directory_.path(), make_certificate("first"));
        }
        auto server = start_http_server(options_, handler);
        ASSERT_TRUE(server.has_value()) << server.error().message;
        server_ = std::move(*server);
    }

    Client connect() { return Client(server_->port(), {.tls = tls_}); }

    TemporaryDirectory directory_;
    bool tls_ = true;
    ServerOptions options_;
    CallHandler echo_{echo};
    HoldingHandler holding_;
    std::unique_ptr<HttpServer> server_;
};

class BothTransportsTest : public HttpServerTest, public testing::WithParamInterface<bool> {
  protected:
    void SetUp() override { tls_ = GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Transport, BothTransportsTest, testing::Values(true, false),
                         [](const auto& each) { return each.param ? "Tls" : "Plain"; });

TEST_P(BothTransportsTest, KeepsConnectionsAliveByDefault) {
    start(echo_);
    Client client = connect();
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(client.send(post("a?x=1", "body " + std::to_string(i))));
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->status, 200);
        EXPECT_EQ(reply->body, "POST /a x=1 body " + std::to_string(i));
        EXPECT_EQ(reply->headers.at("connection"), "keep-alive");
        EXPECT_EQ(reply->headers.at("content-type"), "application/json");
    }
    EXPECT_EQ(server_->stats().requests_total, 20U);
    EXPECT_EQ(server_->stats().accepted_total, 1U);
}

TEST_P(BothTransportsTest, AnswersPipelinedRequestsInOrderOfTheRequests) {
    start(holding_);
    Client client = connect();
    ASSERT_TRUE(client.send(get("0") + get("1") + get("2") + get("3")));
    auto held = holding_.take(4);
    ASSERT_EQ(held.size(), 4U);
    std::thread other([&held] {
        for (auto at = held.rbegin(); at != held.rend(); ++at) {
            at->second.send({200, at->first});
        }
    });
    for (const std::string expected : {"/0", "/1", "/2", "/3"}) {
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->body, expected);
    }
    other.join();
}

TEST_P(BothTransportsTest, ConnectionCloseReallyCloses) {
    start(echo_);
    Client client = connect();
    ASSERT_TRUE(client.send(post("a", "b", "Connection: close\r\n")));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->headers.at("connection"), "close");
    EXPECT_TRUE(client.read_end());
}

}  // namespace
}  // namespace gatehouse::edge
