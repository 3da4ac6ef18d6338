#include "edge/http_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "unit/edge/http_server_fixture.hpp"

namespace gatehouse::edge {
namespace {

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

TEST_P(BothTransportsTest, Http10ClosesUnlessAskedNotTo) {
    start(echo_);
    Client closing = connect();
    ASSERT_TRUE(closing.send("GET /a HTTP/1.0\r\n\r\n"));
    EXPECT_EQ(closing.read_reply()->headers.at("connection"), "close");
    EXPECT_TRUE(closing.read_end());

    Client staying = connect();
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(staying.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
        EXPECT_EQ(staying.read_reply()->headers.at("connection"), "keep-alive");
    }
}

TEST_P(BothTransportsTest, SaysContinueBeforeTheBody) {
    start(echo_);
    Client client = connect();
    for (int i = 0; i < 2; ++i) {
        ASSERT_TRUE(client.send(post("a", "", "Expect: 100-continue\r\n").replace(46, 1, "4")));
        const auto interim = client.read_reply();
        ASSERT_TRUE(interim.has_value());
        EXPECT_EQ(interim->status, 100);
        ASSERT_TRUE(client.send("body"));
        EXPECT_EQ(client.read_reply()->body, "POST /a  body");
    }
}

TEST_P(BothTransportsTest, JoinsChunksHoweverTheyAreSplit) {
    start(echo_);
    Client client = connect();
    const std::string request =
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    for (std::size_t step = 1; step < 9; ++step) {
        ASSERT_TRUE(client.send_slowly(request, step));
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->body, "POST /a  abcde");
    }
}

TEST_P(BothTransportsTest, HeadHasNoBody) {
    start(echo_);
    Client client = connect();
    ASSERT_TRUE(client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get("b")));
    EXPECT_EQ(client.read_reply(true)->headers.at("content-length"), "9");
    EXPECT_EQ(client.read_reply()->body, "GET /b  ");
}

TEST_P(BothTransportsTest, RefusesAndClosesWithTheFittingStatus) {
    options_.limits.head_bytes = 1024;
    options_.limits.body_bytes = 1024;
    start(echo_);
    const std::vector<std::pair<int, std::string>> cases{
        {400, "GET /a HTTP/1.1\r\n\r\n"},
        {400, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5abc\r\n\r\nhello"},
        {400, "\x16\x03\x01\r\n"},
        {411, "POST /a HTTP/1.1\r\nHost: x\r\n\r\n"},
        {413, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n"},
        {417, "GET /a HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n\r\n"},
        {431, "GET /a HTTP/1.1\r\nHost: x\r\nX: " + std::string(2000, 'x')},
        {501, "BREW /a HTTP/1.1\r\nHost: x\r\n\r\n"},
    };
    for (const auto& [status, bytes] : cases) {
        Client client = connect();
        // A request after the refused one is never answered.
        ASSERT_TRUE(client.send(bytes + get("smuggled")));
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply.has_value()) << status;
        EXPECT_EQ(reply->status, status);
        EXPECT_EQ(reply->headers.at("connection"), "close");
        EXPECT_TRUE(client.read_end());
    }
    EXPECT_EQ(server_->stats().bad_requests_total, cases.size());
    EXPECT_EQ(server_->stats().requests_total, 0U);
}

TEST_P(BothTransportsTest, RefusalOfAnUploadUnderWayReachesTheClient) {
    start(echo_);
    Client client = connect();
    ASSERT_TRUE(client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n"));
    const std::string piece(64UL * 1024, 'x');
    for (int i = 0; i < 8 && client.send(piece); ++i) {
    }
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 413);
}

TEST_P(BothTransportsTest, AnswersAClientThatClosedItsHalf) {
    start(holding_);
    Client client = connect();
    ASSERT_TRUE(client.send(get("a")));
    client.close_writes();
    auto held = holding_.take(1);
    ASSERT_EQ(held.size(), 1U);
    held[0].second.send({200, "late but wanted"});
    EXPECT_EQ(client.read_reply()->body, "late but wanted");
}

TEST_P(BothTransportsTest, DroppedResponderAnswers500) {
    start(holding_);
    Client client = connect();
    ASSERT_TRUE(client.send(get("a")));
    holding_.take(1).clear();
    EXPECT_EQ(client.read_reply()->status, 500);
}

TEST_P(BothTransportsTest, ReusedDescriptorGetsNoForeignAnswer) {
    options_.workers = 1;
    start(holding_);
    auto gone = std::make_unique<Client>(server_->port(), ClientOptions{.tls = tls_});
    ASSERT_TRUE(gone->send(get("first")));
    auto first = holding_.take(1);
    ASSERT_EQ(first.size(), 1U);
    gone->reset();
    while (server_->stats().connections > 0) {
        std::this_thread::yield();
    }

    // The lowest free descriptor is the one that the first client had.
    Client client = connect();
    ASSERT_TRUE(client.send(get("second")));
    auto second = holding_.take(1);
    ASSERT_EQ(second.size(), 1U);
    first[0].second.send({200, "for the first"});
    second[0].second.send({200, "for the second"});
    EXPECT_EQ(client.read_reply()->body, "for the second");
}

TEST_P(BothTransportsTest, AnswersAreDroppedWhenTheServerIsGone) {
    start(holding_);
    Client client = connect();
    ASSERT_TRUE(client.send(get("a")));
    auto held = holding_.take(1);
    ASSERT_EQ(held.size(), 1U);
    server_.reset();
    held[0].second.send({200, "to nobody"});
    EXPECT_FALSE(client.read_reply().has_value());
}

TEST_P(BothTransportsTest, LargeRepliesReachSlowReadersWhole) {
    const std::string large(1024UL * 1024, 'x');
    CallHandler handler([&](const HttpRequest&) { return HttpResponse{200, large}; });
    start(handler);
    Client slow(server_->port(), {.tls = tls_, .receive_buffer = 4096});
    ASSERT_TRUE(slow.send(get("a") + get("b") + get("c")));
    for (int i = 0; i < 3; ++i) {
        const auto reply = slow.read_reply();
        ASSERT_TRUE(reply.has_value());
        EXPECT_EQ(reply->body, large);
    }
}

TEST_F(HttpServerTest, RefusesTls11) {
    start(echo_);
    EXPECT_FALSE(Client(server_->port(), {.max_tls_version = TLS1_1_VERSION}).connected());
    EXPECT_TRUE(Client(server_->port(), {.max_tls_version = TLS1_2_VERSION}).connected());
    EXPECT_TRUE(connect().connected());
}

TEST_F(HttpServerTest, TakesANewCertificateWithoutDroppingConnections) {
    start(echo_);
    Client old = connect();
    ASSERT_EQ(old.peer_common_name(), "first");
    write_certificate(directory_.path(), make_certificate("second"));
    while (connect().peer_common_name() != "second") {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ASSERT_TRUE(old.send(get("a")));
    EXPECT_EQ(old.read_reply()->status, 200);
}

TEST_F(HttpServerTest, KeepsTheOldCertificateWhenTheNewPairIsBroken) {
    start(echo_);
    const auto other = make_certificate("other");
    write_certificate(directory_.path(), {other.certificate, make_certificate("wrong").key});
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // until it looks again
    EXPECT_EQ(connect().peer_common_name(), "first");
    write_certificate(directory_.path(), other);
    while (connect().peer_common_name() != "other") {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
}

TEST_F(HttpServerTest, SaysWhatIsWrongAtStart) {
    options_.tls = TlsFiles{"/nowhere/certificate.pem", "/nowhere/key.pem"};
    EXPECT_EQ(start_http_server(options_, echo_).error().kind, ErrorKind::kInvalid);

    tls_ = false;
    options_.tls.reset();
    start(echo_);
    options_.port = server_->port();
    EXPECT_EQ(start_http_server(options_, echo_).error().kind, ErrorKind::kConflict);
    options_.address = "localhost";
    EXPECT_EQ(start_http_server(options_, echo_).error().kind, ErrorKind::kInvalid);
}

TEST(HttpRequestTest, FindsHeadersWithoutCaseAndRefusesRepeatedOnes) {
    HttpRequest request;
    request.headers = {{"Sg-Signature", "a"}, {"X", "1"}, {"x", "2"}};
    EXPECT_EQ(*request.header("sg-signature"), "a");
    EXPECT_EQ(*request.header("absent"), std::nullopt);
    EXPECT_EQ(request.header("X").error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace gatehouse::edge
