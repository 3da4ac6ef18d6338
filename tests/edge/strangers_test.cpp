// Strangers, from one address or from many, beside a good client who is known.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "edge/hostile_fixture.hpp"

namespace gatehouse::edge {
namespace {

// The good client is known here, and the others come from addresses of their own.
class StrangersTest : public HostileTest {
  protected:
    // As many addresses as are asked for; never the good client's.
    static std::string stranger(std::size_t number) {
        return "127.1." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1);
    }

    // Canned hellos, which cost their sender nothing, as fast as `per_second` for one second.
    void send_hellos(std::size_t addresses, int per_second) const {
        const std::string hello = canned_client_hello();
        const auto begin = SteadyClock::now();
        for (int i = 0; i < per_second; ++i) {
            std::this_thread::sleep_until(begin + i * (1s / per_second));
            Client client(
                port(), {.tls = false, .from = stranger(static_cast<std::size_t>(i) % addresses)});
            client.send(hello);
        }
    }
};

TEST_F(StrangersTest, P1_CannedHellosFromOneAddressOrFromMany) {
    for (const std::size_t addresses : {1U, 1000U}) {
        GoodClient good(port());
        send_hellos(addresses, 3000 / kSlowdown);
        // Here the workers are busy, so on a busy machine they wait for their turn as others do.
        EXPECT_LT(good.finish(), std::max(bound_, kAnswered)) << addresses << " addresses";
    }
}

class FewHandshakesTest : public StrangersTest {
  protected:
    void set_limits(ServerLimits& limits) override { limits.handshakes_per_address = 10; }
};

TEST_F(FewHandshakesTest, P1_HandshakesForNothingAreBoundedForEachAddress) {
    const auto before = server_->stats();
    GoodClient good(port());
    send_hellos(1, 500);
    EXPECT_LT(good.finish(), bound_) << "whose own handshakes, far more, all led to something";
    const auto after = server_->stats();
    EXPECT_GE(after.refused_total - before.refused_total, 300U);
}

class SmallServerTest : public StrangersTest {
  protected:
    static constexpr std::size_t kConnections = 320;

    void set_limits(ServerLimits& limits) override {
        limits.connections = kConnections;
        limits.connections_per_address = kConnections / 4;
        limits.stranger_idle_ms = limits.head_ms = limits.handshake_ms = 60'000;
        limits.handshakes_per_address = 100;
    }

    static bool is_open(const std::unique_ptr<Client>& client) {
        if (!client || !client->connected()) return false;
        char byte = 0;
        const ssize_t read = ::recv(client->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return read > 0 || (read < 0 && errno == EAGAIN);
    }

    // Four addresses hold all that they are given, in `stage` of a connection, and come again for
    // what was closed.
    void hold(const std::function<void(Client&)>& stage, bool tls,
              const std::atomic<bool>& enough) const {
        std::vector<std::unique_ptr<Client>> held(kConnections);
        for (std::size_t i = 0; !enough; ++i) {
            auto& client = held[i % held.size()];
            std::this_thread::sleep_for(100us);
            if (is_open(client)) continue;
            client.reset();
            client = std::make_unique<Client>(port(),
                                              ClientOptions{.tls = tls, .from = stranger(i % 4)});
            if (client->connected()) stage(*client);
        }
    }

    // Storeganise tries three times.
    bool is_served(const std::string& stranger) const {
        for (int tries = 0; tries < 3; ++tries) {
            Client client(port(), {.from = stranger});
            if (client.connected() && client.send(post("new", "body")) && client.read_reply()) {
                return true;
            }
        }
        return false;
    }

    void expect_room_for_senders(const std::function<void(Client&)>& stage, bool tls) {
        const ServerStats before = server_->stats();
        std::atomic<bool> enough{false};
        std::thread strangers([&] { hold(stage, tls, enough); });
        const auto has_begun = [&] {
            const ServerStats now = server_->stats();
            return now.evicted_total > before.evicted_total ||
                   now.handshake_dropped_total > before.handshake_dropped_total;
        };
        while (!has_begun()) {
            std::this_thread::sleep_for(1ms);
        }
        GoodClient known(port());
        for (int i = 0; i < 20; ++i) {
            EXPECT_TRUE(is_served("127.2.0." + std::to_string(i + 1)))
                << "stranger " << i << " with something to say";
        }
        EXPECT_LT(known.finish(), bound_);
        enough = true;
        strangers.join();
        EXPECT_LE(server_->stats().connections, kConnections);
    }
};

TEST_F(SmallServerTest, P1_IdleStrangersInEveryStageMakeRoom) {
    const auto nothing = [](Client&) {};
    expect_room_for_senders(nothing, false);  // no handshake
    expect_room_for_senders(nothing, true);   // no request
    expect_room_for_senders(
        [](Client& client) {
            client.send(get("not-found"));
            client.read_reply();
        },
        true);
    expect_room_for_senders([](Client& client) { client.send("POST /slow HTTP/1.1\r\nHo"); }, true);
}

}  // namespace
}  // namespace gatehouse::edge
