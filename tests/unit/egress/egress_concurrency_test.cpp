// Many threads through one egress, with the real clock, client and sockets.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "egress/egress.hpp"
#include "support/http_peer.hpp"

namespace gatehouse::egress {
namespace {

using test::HttpPeer;
using test::PeerAnswer;
using test::PeerRequest;

constexpr std::int64_t kMs = 1'000'000;

class EgressConcurrencyTest : public testing::Test {
  protected:
    Policy policy(const std::string& key) const {
        Policy made;
        made.key = key;
        made.hosts = {peer.authority()};
        made.plain_hosts = {peer.authority()};
        SystemRandom random;
        made.secrets = Secrets({{"key", Secret("value-of-" + key)}}, random);
        return made;
    }

    Result<HttpReply> send(const Policy& with, const std::string& path, std::int64_t within_ms) {
        HttpCall call;
        call.url = "http://" + peer.authority() + path;
        call.headers = {{"Authorization", with.secrets.reference("key")}};
        observe::StepLog steps(clock);
        return egress->send(with, std::move(call), clock.steady_ns() + within_ms * kMs, &steps);
    }

    template <typename Work>
    static void on_threads(int count, Work work) {
        std::vector<std::thread> threads;
        threads.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            threads.emplace_back([&work, i] { work(i); });
        }
        for (std::thread& thread : threads) {
            thread.join();
        }
    }

    SystemClock clock;
    HttpPeer peer{[](const PeerRequest& request) {
        return PeerAnswer{200, request.target + " " + request.headers.at("authorization")};
    }};
    observe::Metrics metrics;
    std::unique_ptr<HttpClient> client = make_curl_client({{peer.authority()}, ""});
    std::unique_ptr<Egress> egress = make_egress(*client, clock, metrics);
};

TEST_F(EgressConcurrencyTest, EveryCallerGetsItsOwnAnswer) {
    std::atomic<int> right{0};
    on_threads(32, [&](int thread) {
        const std::string key = "business" + std::to_string(thread);
        const Policy own = policy(key);
        for (int i = 0; i < 50; ++i) {
            const std::string path = "/" + std::to_string(thread) + "/" + std::to_string(i);
            const auto reply = send(own, path, 30'000);
            // The answer echoes the secret, which egress takes out again.
            if (reply && reply->body == path + " ***") ++right;
        }
    });
    EXPECT_EQ(right, 32 * 50);
    EXPECT_LE(peer.connections(), 32);
}

TEST_F(EgressConcurrencyTest, TheRateHoldsForAllThreadsTogether) {
    Policy limited = policy("limited");
    limited.requests_per_second = 200;
    const std::int64_t begin_ns = clock.steady_ns();
    std::atomic<int> sent{0};
    on_threads(8, [&](int) {
        for (int i = 0; i < 5; ++i) {
            if (send(limited, "/", 60'000)) ++sent;
        }
    });
    EXPECT_EQ(sent, 40);
    // 40 requests at 200/s with a burst of one: the last turn comes 195 ms after the first.
    EXPECT_GE(clock.steady_ns() - begin_ns, 195 * kMs);
}

TEST_F(EgressConcurrencyTest, StopReleasesThoseWhoWait) {
    Policy limited = policy("limited");
    limited.requests_per_second = 0.001;
    ASSERT_TRUE(send(limited, "/", 10'000));
    std::atomic<int> released{0};
    std::thread stopper([&] { egress->stop(); });
    on_threads(4, [&](int) {
        const auto reply = send(limited, "/", 10'000'000);
        if (!reply && reply.error().kind == ErrorKind::kUnavailable) ++released;
    });
    stopper.join();
    EXPECT_EQ(released, 4);
}

}  // namespace
}  // namespace gatehouse::egress
