// What a server bounds: time, numbers, memory, and its own end.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "unit/edge/http_server_fixture.hpp"

namespace gatehouse::edge {
namespace {

TEST_P(BothTransportsTest, P1_UnansweredRequestsGet503WithinTheBound) {
    options_.limits.answer_ms = 200;
    start(holding_);
    Client client = connect();
    ASSERT_TRUE(client.send(get("slow")));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 503);
    EXPECT_EQ(reply->headers.at("retry-after"), "1");

    // The late answer is dropped, the connection goes on.
    auto held = holding_.take(1);
    ASSERT_EQ(held.size(), 1U);
    held[0].second.send({200, "too late"});
    ASSERT_TRUE(client.send(get("next")));
    auto next = holding_.take(1);
    ASSERT_EQ(next.size(), 1U);
    next[0].second.send({200, "in time"});
    EXPECT_EQ(client.read_reply()->body, "in time");
}

TEST_P(BothTransportsTest, AClientThatReadsNothingHoldsUpNobodyAndIsDropped) {
    options_.workers = 1;
    options_.limits.body_ms = 300;
    const std::string large(4UL * 1024 * 1024, 'x');
    CallHandler handler([&](const HttpRequest& request) {
        return HttpResponse{200, request.path == "/large" ? large : "small"};
    });
    start(handler);
    Client deaf(server_->port(), {.tls = tls_, .receive_buffer = 4096});
    ASSERT_TRUE(deaf.send(get("large") + get("large")));
    Client client = connect();
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(client.send(get("small")));
        ASSERT_EQ(client.read_reply()->body, "small");
    }
    while (server_->stats().timed_out_total == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

TEST_P(BothTransportsTest, TakesNoMoreThanABoundedNumberOfPipelinedRequests) {
    start(holding_);
    Client client = connect();
    std::string many;
    for (int i = 0; i < 100; ++i) {
        many += get(std::to_string(i));
    }
    ASSERT_TRUE(client.send(many));
    std::size_t answered = 0;
    while (answered < 100) {
        auto held = holding_.take(1);
        ASSERT_FALSE(held.empty());
        ASSERT_LE(held.size(), 16U);
        for (auto& [path, responder] : held) {
            responder.send({200, path});
        }
        for (std::size_t i = 0; i < held.size(); ++i, ++answered) {
            ASSERT_EQ(client.read_reply()->body, "/" + std::to_string(answered));
        }
    }
}

TEST_P(BothTransportsTest, SlowHeadsAndBodiesGet408) {
    options_.limits.head_ms = 200;
    options_.limits.body_ms = 200;
    start(echo_);
    for (const std::string part :
         {"GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"}) {
        Client client = connect();
        ASSERT_TRUE(client.send(get("a")));  // the deadlines hold for later requests too
        ASSERT_EQ(client.read_reply()->status, 200);
        ASSERT_TRUE(client.send(part));
        EXPECT_EQ(client.read_reply()->status, 408);
        EXPECT_TRUE(client.read_end());
    }
}

TEST_P(BothTransportsTest, ClosesIdleConnections) {
    options_.limits.head_ms = 200;
    options_.limits.idle_ms = 300;
    start(echo_);
    Client silent = connect();
    Client idle = connect();
    ASSERT_TRUE(idle.send(get("a")));
    ASSERT_EQ(idle.read_reply()->status, 200);
    EXPECT_TRUE(silent.read_end());
    EXPECT_TRUE(idle.read_end());
}

TEST_P(BothTransportsTest, RefusesConnectionsOverTheCap) {
    options_.limits.connections_per_address = 2;
    start(echo_);
    Client first = connect();
    Client second = connect();
    ASSERT_TRUE(first.send(get("a")));
    ASSERT_TRUE(second.send(get("a")));
    ASSERT_EQ(first.read_reply()->status, 200);
    ASSERT_EQ(second.read_reply()->status, 200);

    Client third = connect();
    EXPECT_FALSE(third.connected() && third.send(get("a")) && third.read_reply().has_value());
    EXPECT_EQ(server_->stats().refused_total, 1U);

    first.reset();
    while (server_->stats().connections > 1) {
        std::this_thread::yield();
    }
    Client fourth = connect();
    ASSERT_TRUE(fourth.send(get("a")));
    EXPECT_EQ(fourth.read_reply()->status, 200);
}

TEST_P(BothTransportsTest, DrainAnswersWhatIsInFlightAndClosesWhatIsIdle) {
    start(holding_);
    Client idle = connect();
    Client busy = connect();
    ASSERT_TRUE(idle.send(get("idle")));
    for (auto& [path, responder] : holding_.take(1)) {
        responder.send({200, path});
    }
    ASSERT_EQ(idle.read_reply()->body, "/idle");
    ASSERT_TRUE(busy.send(get("busy")));
    auto held = holding_.take(1);
    ASSERT_EQ(held.size(), 1U);

    std::thread drain([this] { server_->drain(10'000); });
    EXPECT_TRUE(idle.read_end());
    held[0].second.send({200, "still answered"});
    const auto reply = busy.read_reply();
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->body, "still answered");
    EXPECT_EQ(reply->headers.at("connection"), "close");
    EXPECT_TRUE(busy.read_end());
    busy.reset();
    drain.join();
    EXPECT_EQ(server_->stats().connections, 0U);
    EXPECT_FALSE(Client(server_->port(), {.tls = tls_}).connected());
}

TEST_P(BothTransportsTest, DrainEndsWhenItsTimeIsOver) {
    options_.limits.answer_ms = 60'000;
    start(holding_);
    Client client = connect();
    ASSERT_TRUE(client.send(get("a")));
    auto held = holding_.take(1);
    server_->drain(50);
    EXPECT_FALSE(client.read_reply().has_value());
}

}  // namespace
}  // namespace gatehouse::edge
