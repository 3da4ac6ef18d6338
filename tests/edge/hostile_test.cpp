// Hostile clients against the real server over TLS.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

#include "edge/hostile_fixture.hpp"

namespace gatehouse::edge {
namespace {

using namespace std::string_literals;

TEST_F(HostileTest, ThousandSilentConnections) {
    withstand([this] { send_and_stay(1000, {.tls = false}, ""); });
}

TEST_F(HostileTest, HalfHandshakes) {
    // A record's head that promises 512 bytes, and the beginning of a ClientHello.
    const std::string half = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and no more"s;
    withstand([&] { send_and_stay(200, {.tls = false}, half); });
}

TEST_F(HostileTest, NoHandshakeAtAll) {
    withstand([this] {
        send_and_stay(100, {.tls = false}, get("plain"));
        send_and_stay(100, {.tls = false}, std::string(4096, '\xff'));
    });
}

TEST_F(HostileTest, ResetsInTheHandshake) {
    withstand([this] {
        for (int i = 0; i < 200; ++i) {
            Client client(port(), {.tls = false});
            client.send("\x16\x03\x01\x02\x00\x01"s);
            client.reset();
        }
    });
}

TEST_F(HostileTest, SlowHeadsAndBodies) {
    const std::vector<std::string> streams{
        get("slow"), "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
        "POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"};
    withstand([&] {
        std::vector<std::unique_ptr<Client>> clients(60);
        for (auto& client : clients) {
            client = std::make_unique<Client>(port());
        }
        for (std::size_t at = 0; at < 100; ++at) {
            for (std::size_t i = 0; i < clients.size(); ++i) {
                const std::string& stream = streams[i % streams.size()];
                clients[i]->send(std::string(1, at + 4 < stream.size() ? stream[at] : '1'));
            }
            std::this_thread::sleep_for(10ms);
        }
        for (const auto& client : clients) {
            const auto reply = client->read_reply();
            EXPECT_TRUE(!reply || reply->status == 408 || reply->status == 400);
        }
    });
}

TEST_F(HostileTest, EverythingTooLarge) {
    const std::string post_head = "POST /big HTTP/1.1\r\nHost: x\r\n";
    const std::vector<std::string> streams{
        "GET /" + std::string(100'000, 'a'),
        "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(100'000, 'a'),
        post_head + "Content-Length: 9000000000000000000\r\n\r\n" + std::string(100'000, 'a'),
        post_head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n" +
            std::string(100'000, 'a'),
        post_head + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(100'000, 'a'),
    };
    withstand([&] {
        for (int i = 0; i < 50; ++i) {
            Client client(port());
            client.send(streams[static_cast<std::size_t>(i) % streams.size()]);
            const auto reply = client.read_reply();
            ASSERT_TRUE(reply.has_value());
            EXPECT_GE(reply->status, 400);
            EXPECT_TRUE(client.read_end());
        }
    });
}

TEST_F(HostileTest, ConflictingLengths) {
    const std::string head = "POST /a HTTP/1.1\r\nHost: x\r\n";
    const std::vector<std::string> streams{
        head + "Content-Length: 5\r\nContent-Length: 30\r\n\r\nhello",
        head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
        head + "Content-Length : 5\r\n\r\nhello",
        head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
    };
    withstand([&] {
        for (int i = 0; i < 100; ++i) {
            Client client(port());
            client.send(streams[static_cast<std::size_t>(i) % streams.size()] + get("smuggled"));
            const auto reply = client.read_reply();
            ASSERT_TRUE(reply.has_value());
            EXPECT_EQ(reply->status, 400);
            EXPECT_TRUE(client.read_end());
        }
    });
}

TEST_F(HostileTest, ChunksSplitEverywhere) {
    const std::string request =
        "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "a\r\n0123456789\r\n1\r\na\r\n0\r\n\r\n";
    withstand([&] {
        for (std::size_t cut = 1; cut < request.size(); ++cut) {
            Client client(port());
            client.send(request.substr(0, cut));
            client.send(request.substr(cut));
            const auto reply = client.read_reply();
            ASSERT_TRUE(reply.has_value());
            EXPECT_EQ(reply->body, "POST /a  0123456789a");
        }
    });
}

TEST_F(HostileTest, ResetsInTheBodyAndTheReply) {
    withstand([this] {
        for (int i = 0; i < 100; ++i) {
            Client in_body(port());
            in_body.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nbody");
            in_body.reset();
            if (i % 5 != 0) continue;
            Client in_reply(port(), {.receive_buffer = 4096});
            in_reply.send(get("large") + get("large"));
            in_reply.reset();
        }
    });
}

TEST_F(HostileTest, RepliesThatNobodyReads) {
    withstand([this] {
        std::vector<std::unique_ptr<Client>> clients;
        for (int i = 0; i < 5; ++i) {
            clients.push_back(
                std::make_unique<Client>(port(), ClientOptions{.receive_buffer = 4096}));
            for (int request = 0; request < 8; ++request) {
                clients.back()->send(get("large"));
            }
        }
        const auto until = SteadyClock::now() + kPatience;
        while (server_->stats().connections > 1 && SteadyClock::now() < until) {
            std::this_thread::sleep_for(10ms);
        }
    });
}

TEST_F(HostileTest, NoDescriptorsLeft) {
    std::vector<UniqueFd> sockets(50);
    for (auto& socket : sockets) {
        socket = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const std::uint64_t accepted = server_->stats().accepted_total;

    // The kernel completes the connections; the server cannot take them.
    const rlim_t before = set_descriptor_limit(open_descriptors());
    for (const auto& socket : sockets) {
        ASSERT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address),
                  0);
    }
    expect_idle();
    set_descriptor_limit(before);
    const auto until = SteadyClock::now() + kPatience;
    while (server_->stats().accepted_total < accepted + sockets.size() &&
           SteadyClock::now() < until) {
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(server_->stats().accepted_total, accepted + sockets.size());
}

}  // namespace
}  // namespace gatehouse::edge
