// What a server bounds: time, numbers, memory, and its own end.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
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

TEST_P(BothTransportsTest, RefusesAtTheHeadWithoutWaitingForTheBody) {
    PickyHandler picky;
    start(picky);
    for (const std::string framing :
         {"Content-Length: 100000\r\n", "Transfer-Encoding: chunked\r\n",
          "Content-Length: 100000\r\nExpect: 100-continue\r\n"}) {
        Client client = connect();
        ASSERT_TRUE(client.send(get("kept", "Signed: x\r\n")));
        ASSERT_EQ(client.read_reply()->status, 200);
        ASSERT_TRUE(client.send("POST /a HTTP/1.1\r\nHost: x\r\n" + framing + "\r\n"));
        const auto reply = client.read_reply();
        ASSERT_TRUE(reply.has_value()) << framing;
        EXPECT_EQ(reply->status, 401);
        EXPECT_EQ(reply->headers.at("connection"), "close");
        EXPECT_TRUE(client.read_end());
    }
    EXPECT_EQ(server_->stats().unwelcome_total, 3U);
    Client signed_one = connect();
    const std::string body(100'000, 'x');
    ASSERT_TRUE(signed_one.send(post("a", body, "Signed: x\r\n")));
    EXPECT_EQ(signed_one.read_reply()->body, "POST /a  " + body);
}

// An address has half of the budget. What it keeps under way is bounded; another has its own.
TEST_P(BothTransportsTest, BodiesUnderWayShareOneBudget) {
    options_.limits.body_bytes = 1024UL * 1024;
    options_.limits.bodies_bytes = 8UL * 1024 * 1024;
    start(echo_);
    const std::string head = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n";
    std::vector<Client> greedy;
    int refused = 0;
    for (int i = 0; i < 12; ++i) {
        greedy.push_back(connect());
        // Whether it is refused on the way or not, the bytes are taken from the socket.
        greedy.back().send(head + std::string(1'000'000, 'x'));
    }
    Client other(server_->port(), {.tls = tls_, .from = "127.0.0.2"});
    const std::string body(500'000, 'y');
    ASSERT_TRUE(other.send(post("b", body)));
    EXPECT_EQ(other.read_reply()->body, "POST /b  " + body);
    for (Client& client : greedy) {
        client.send(std::string(48'576, 'x'));
        const auto reply = client.read_reply();
        if (reply && reply->status == 200) continue;
        ++refused;
        if (!reply) continue;  // it did not listen while the server waited for its goodbye
        EXPECT_EQ(reply->status, 503);
        EXPECT_EQ(reply->headers.at("retry-after"), "1");
    }
    EXPECT_GE(refused, 12 - 4);
    EXPECT_LT(refused, 12);
}

TEST_P(BothTransportsTest, ClosesIdleConnections) {
    options_.limits.head_ms = 200;
    options_.limits.idle_ms = 300;
    options_.limits.stranger_idle_ms = 300;
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

// Whether the service manager's watchdog may be fed: a worker that is stuck in a handler does not
// turn, however well the others do.
TEST_P(BothTransportsTest, AnswersThatItTurnsWhenAllItsThreadsDo) {
    options_.workers = 3;
    std::promise<void> stuck;
    std::promise<void> go_on;
    std::shared_future<void> gone_on = go_on.get_future().share();
    CallHandler handler([&](const HttpRequest&) {
        stuck.set_value();
        gone_on.wait();
        return HttpResponse{200, "late"};
    });
    start(handler);
    std::promise<void> turned;
    server_->on_turn([&] { turned.set_value(); });
    turned.get_future().wait();

    Client client = connect();
    ASSERT_TRUE(client.send(get("a")));
    stuck.get_future().wait();
    std::promise<void> turned_again;
    std::atomic<bool> has_turned = false;
    server_->on_turn([&] {
        has_turned = true;
        turned_again.set_value();
    });
    EXPECT_FALSE(has_turned);
    go_on.set_value();
    turned_again.get_future().wait();
    EXPECT_EQ(client.read_reply()->body, "late");
    server_->drain(0);
    server_->on_turn([] { FAIL() << "it has ended"; });
}

TEST_P(BothTransportsTest, SaysAtOnceThatSendersFindNoRoom) {
    options_.limits.connections = 1;
    std::promise<void> full;
    std::atomic<int> said = 0;
    options_.on_full = [&] {
        if (said++ == 0) full.set_value();
    };
    start(echo_);
    EXPECT_FALSE(server_->stats().is_refusing);
    Client first = connect();
    ASSERT_TRUE(first.send(get("a")));
    ASSERT_EQ(first.read_reply()->status, 200);
    for (int i = 0; i < 3; ++i) {
        Client next = connect();
        next.read_end();
    }
    full.get_future().wait();
    EXPECT_TRUE(server_->stats().is_refusing);
    EXPECT_EQ(said, 1);
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
