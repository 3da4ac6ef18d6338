// Behind proxies: the PROXY header names the client, whose limits hold then; and sessions that are
// resumed, after a restart too.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "unit/edge/http_server_fixture.hpp"

namespace gatehouse::edge {
namespace {

std::string header_for(const std::string& client) {
    return "PROXY TCP4 " + client + " 198.51.100.2 4711 443\r\n";
}

class BehindAProxyTest : public BothTransportsTest {
  protected:
    BehindAProxyTest() {
        options_.trusted_proxies = {"127.0.0.1"};
        options_.proxy_protocol = true;
    }

    // The client as the server sees it; empty if it was not served.
    std::string seen(const std::string& preface, const std::string& from = "") {
        Client client(server_->port(), {.tls = tls_, .preface = preface, .from = from});
        if (!client.connected() || !client.send(get("a"))) return "";
        const auto reply = client.read_reply();
        return reply ? reply->body : "";
    }

    CallHandler peer_{[](const HttpRequest& request) {
        return HttpResponse{200, std::string(request.peer)};
    }};
};

TEST_P(BehindAProxyTest, TheHeaderNamesTheClient) {
    start(peer_);
    EXPECT_EQ(seen(header_for("192.0.2.1")), "192.0.2.1");
    EXPECT_EQ(seen("PROXY UNKNOWN\r\n"), "127.0.0.1");
    EXPECT_EQ(seen(""), "") << "a proxy must send it";
    EXPECT_EQ(seen(header_for("nobody")), "");
}

TEST_P(BehindAProxyTest, OnlyTrustedProxiesMayNameOne) {
    start(peer_);
    EXPECT_EQ(seen("", "127.0.0.2"), "127.0.0.2");
    const std::string answer = seen(header_for("192.0.2.1"), "127.0.0.2");
    EXPECT_EQ(answer.find("192.0.2.1"), std::string::npos);
}

TEST_P(BehindAProxyTest, TheClientsLimitsHoldAndNotTheProxys) {
    options_.limits.connections_per_address = 2;
    start(peer_);
    std::vector<std::unique_ptr<Client>> open;
    const auto is_served = [&](const std::string& client) {
        open.push_back(std::make_unique<Client>(
            server_->port(), ClientOptions{.tls = tls_, .preface = header_for(client)}));
        return open.back()->connected() && open.back()->send(get("a")) &&
               open.back()->read_reply().has_value();
    };
    for (int i = 1; i <= 3; ++i) {
        const std::string client = "192.0.2." + std::to_string(i);
        EXPECT_TRUE(is_served(client));
        EXPECT_TRUE(is_served(client));
        EXPECT_FALSE(is_served(client)) << client;
    }
}

TEST_P(BehindAProxyTest, WithoutTheHeaderAProxyCountsForNoAddress) {
    options_.proxy_protocol = false;
    options_.limits.connections_per_address = 1;
    start(peer_);
    std::vector<std::unique_ptr<Client>> open;
    for (int i = 0; i < 5; ++i) {
        open.push_back(std::make_unique<Client>(server_->port(), ClientOptions{.tls = tls_}));
        ASSERT_TRUE(open.back()->send(get("a")));
        EXPECT_EQ(open.back()->read_reply()->body, "127.0.0.1");
    }
}

TEST_P(BehindAProxyTest, AHeaderThatDoesNotComeIsNotWaitedForForEver) {
    options_.limits.handshake_ms = 200;
    start(peer_);
    Client silent(server_->port(), {.tls = false, .preface = "PROXY TC"});
    EXPECT_FALSE(silent.read_reply().has_value());
    EXPECT_EQ(server_->stats().timed_out_total, 1U);
}

INSTANTIATE_TEST_SUITE_P(Transport, BehindAProxyTest, testing::Bool(),
                         [](const auto& way) { return way.param ? "Tls" : "Plain"; });

struct FreeSession {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using Session = std::unique_ptr<SSL_SESSION, FreeSession>;

class ResumptionTest : public HttpServerTest {
  protected:
    // A new server, with a certificate that is the same.
    void restart() {
        if (!options_.tls) {
            options_.tls = write_certificate(directory_.path(), make_certificate("first"));
        }
        server_.reset();
        auto server = start_http_server(options_, echo_);
        ASSERT_TRUE(server.has_value());
        server_ = std::move(*server);
    }

    Session session_of(Client& client) {
        EXPECT_TRUE(client.send(get("a")));
        EXPECT_TRUE(client.read_reply().has_value());
        return Session(client.session());
    }

    bool is_resumed(const Session& session, int version = TLS1_3_VERSION) {
        // A copy: OpenSSL takes a session for spent once a connection ends without a goodbye.
        const Session copy(SSL_SESSION_dup(session.get()));
        Client client(server_->port(), {.max_tls_version = version, .session = copy.get()});
        return client.connected() && client.is_resumed() && client.send(get("b")) &&
               client.read_reply().has_value();
    }
};

TEST_F(ResumptionTest, OutlivesTheProcessWithAFile) {
    options_.ticket_keys = directory_.path() / "tickets.key";
    restart();
    Client first(server_->port());
    const Session session = session_of(first);
    EXPECT_FALSE(first.is_resumed());
    EXPECT_TRUE(is_resumed(session));
    restart();
    EXPECT_TRUE(is_resumed(session));
}

// A client uses a session of TLS 1.3 once, so a connection that took one up must bring the next.
TEST_F(ResumptionTest, EveryConnectionBringsASessionForTheNext) {
    restart();
    std::vector<std::unique_ptr<Client>> clients;
    Session session;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(
            std::make_unique<Client>(server_->port(), ClientOptions{.session = session.get()}));
        EXPECT_EQ(clients.back()->is_resumed(), i > 0) << "connection " << i;
        session = session_of(*clients.back());
    }
}

TEST_F(ResumptionTest, EndsWithTheProcessWithoutOne) {
    restart();
    Client first(server_->port());
    const Session session = session_of(first);
    EXPECT_TRUE(is_resumed(session));
    restart();
    EXPECT_FALSE(is_resumed(session));
}

TEST_F(ResumptionTest, SessionsOfTls12AreNotHandedOut) {
    options_.ticket_keys = directory_.path() / "tickets.key";
    restart();
    Client first(server_->port(), {.max_tls_version = TLS1_2_VERSION});
    const Session session = session_of(first);
    EXPECT_FALSE(is_resumed(session, TLS1_2_VERSION));
}

}  // namespace
}  // namespace gatehouse::edge
