// Other sides that never come to an end: whatever it is that takes so long, an exchange is over
// when its time is, and leaves no thread behind. None of these peers ever gives in, so that a test
// ends shows that the deadline held.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "egress/egress.hpp"
#include "support/http_peer.hpp"
#include "support/name_server.hpp"

namespace gatehouse::egress {
namespace {

using test::HttpPeer;
using test::NameServer;
using test::PeerAnswer;
using test::PeerRequest;
using testing::HasSubstr;

std::ptrdiff_t threads() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                         std::filesystem::directory_iterator());
}

HttpCall get(const std::string& url, int timeout_ms = 10'000) {
    HttpCall call;
    call.url = url;
    call.timeout_ms = timeout_ms;
    return call;
}

// A TCP server that does one thing with each connection until `is_over()`.
class RawPeer {
  public:
    using Manner = std::function<void(int fd, const std::function<bool()>& is_over)>;

    explicit RawPeer(Manner manner, int backlog = 16) : manner_(std::move(manner)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
        EXPECT_EQ(::listen(listener_, backlog), 0);
        port_ = ntohs(address.sin_port);
        if (manner_) thread_ = std::thread([this] { accept_all(); });
    }
    RawPeer(const RawPeer&) = delete;
    RawPeer& operator=(const RawPeer&) = delete;
    ~RawPeer() {
        is_over_ = true;
        ::shutdown(listener_, SHUT_RDWR);
        if (thread_.joinable()) thread_.join();
        for (std::thread& one : served_)
            one.join();
        ::close(listener_);
    }

    std::uint16_t port() const { return port_; }
    std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }

  private:
    void accept_all() {
        while (true) {
            const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (fd < 0) return;
            served_.emplace_back([this, fd] {
                manner_(fd, [this] { return is_over_.load(); });
                ::close(fd);
            });
        }
    }

    Manner manner_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> is_over_{false};
    std::vector<std::thread> served_;
    std::thread thread_;
};

// Sends `head`, then a byte every now and then, for ever.
RawPeer::Manner drip(const std::string& head, const std::string& drop) {
    return [head, drop](int fd, const std::function<bool()>& is_over) {
        static_cast<void>(::send(fd, head.data(), head.size(), MSG_NOSIGNAL));
        pollfd until{fd, POLLRDHUP, 0};
        while (!is_over() && ::poll(&until, 1, 5) == 0) {
            if (::send(fd, drop.data(), drop.size(), MSG_NOSIGNAL) < 0) return;
        }
    };
}

struct Drip {
    const char* what;
    const char* scheme;
    const char* head;
    const char* drop;
};

class DripTest : public testing::TestWithParam<Drip> {};

TEST_P(DripTest, P9_HoldsNobodyBeyondTheDeadline) {
    RawPeer peer(drip(GetParam().head, GetParam().drop));
    const auto client = make_curl_client({{peer.authority()}, ""});
    const std::ptrdiff_t before = threads();
    HttpCall call = get(std::string(GetParam().scheme) + "://" + peer.authority(), 300);
    if (call.url.starts_with("http")) {
        call.url += "/x";
    } else {
        call.method = "POST";
        call.headers = {{"Mail-From", "a@x.test"}, {"Rcpt-To", "b@x.test"}};
        call.body = "Subject: x\r\n\r\nx";
    }
    const auto reply = client->send(call);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, ErrorKind::kUnavailable) << reply.error().message;
    EXPECT_LE(threads(), before + 1);  // the peer's own
}

INSTANTIATE_TEST_SUITE_P(
    All, DripTest,
    testing::Values(Drip{"AStatusLine", "http", "", "H"},
                    Drip{"Headers", "http", "HTTP/1.1 200 OK\r\nX: ", "x"},
                    Drip{"ABody", "http", "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
                         "x"},
                    Drip{"Chunks", "http", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                         "1\r\nx\r\n"},
                    Drip{"InterimAnswers", "http", "", "HTTP/1.1 103 Early Hints\r\n\r\n"},
                    Drip{"AHandshake", "https", "\x16\x03\x03\x40", "x"},
                    Drip{"NoHandshake", "https", "", ""}, Drip{"AGreeting", "smtp", "", "2"},
                    Drip{"AGreetingWithoutEnd", "smtp", "", "220-x\r\n"},
                    Drip{"AMailHandshake", "smtps", "", ""}),
    [](const auto& one) { return one.param.what; });

// Every queue is full, so the system drops what would begin a connection.
TEST(DeadlineTest, P9_AnAddressThatSwallowsPackets) {
    RawPeer peer(nullptr, 0);
    std::vector<int> fillers;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(peer.port());
    for (int i = 0; i < 4; ++i) {
        fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        ::connect(fillers.back(), reinterpret_cast<sockaddr*>(&address), sizeof(address));
    }
    const auto client = make_curl_client({{peer.authority()}, ""});
    const auto reply = client->send(get("http://" + peer.authority() + "/", 300));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, ErrorKind::kUnavailable);
    for (const int fd : fillers)
        ::close(fd);
}

// The mail is taken; the server never says goodbye.
TEST(DeadlineTest, P9_AMailServerThatNeverTakesItsLeave) {
    RawPeer peer([](int fd, const std::function<bool()>& is_over) {
        const auto say = [fd](const std::string& line) {
            static_cast<void>(::send(fd, line.data(), line.size(), MSG_NOSIGNAL));
        };
        say("220 x\r\n");
        std::string heard;
        bool is_message = false;
        pollfd ready{fd, POLLIN, 0};
        while (!is_over()) {
            if (::poll(&ready, 1, 20) == 0) continue;
            char byte = 0;
            if (::recv(fd, &byte, 1, 0) <= 0) return;
            heard += byte;
            if (!heard.ends_with("\r\n")) continue;
            const bool is_end = heard == ".\r\n";
            if (heard.starts_with("QUIT")) continue;
            if (!is_message || is_end) say(heard.starts_with("DATA") ? "354 x\r\n" : "250 x\r\n");
            is_message = (is_message && !is_end) || heard.starts_with("DATA");
            heard.clear();
        }
    });
    HttpCall call = get("smtp://" + peer.authority(), 1'000);
    call.method = "POST";
    call.headers = {{"Mail-From", "a@x.test"}, {"Rcpt-To", "b@x.test"}};
    call.body = "Subject: x\r\n\r\nx";
    const auto reply = make_curl_client({{peer.authority()}, ""})->send(call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 250);
}

TEST(DeadlineTest, P9_ANameThatDoesNotResolve) {
    NameServer server([](const std::string&) { return std::nullopt; });
    EgressOptions options;
    options.name_servers = server.authority();
    const auto client = make_curl_client(options);
    const std::ptrdiff_t before = threads();
    for (const char* url :
         {"https://slow.audit.test/x", "http://slow.audit.test:81/", "smtp://mail.audit.test"}) {
        HttpCall call = get(url, 200);
        if (call.url.starts_with("smtp")) {
            call.method = "POST";
            call.headers = {{"Mail-From", "a@x.test"}, {"Rcpt-To", "b@x.test"}};
        }
        const auto reply = client->send(call);
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().kind, ErrorKind::kUnavailable) << reply.error().message;
        EXPECT_THAT(reply.error().message, HasSubstr("no name server answered in time")) << url;
    }
    EXPECT_GT(server.questions(), 0);
    EXPECT_EQ(threads(), before);
}

TEST(DeadlineTest, StopEndsALookup) {
    NameServer server([](const std::string&) { return std::nullopt; });
    EgressOptions options;
    options.name_servers = server.authority();
    const auto client = make_curl_client(options);
    std::string said;
    std::thread sender(
        [&] { said = client->send(get("https://slow.audit.test/", 100'000)).error().message; });
    while (server.questions() == 0)
        std::this_thread::yield();
    client->stop();
    sender.join();
    EXPECT_THAT(said, HasSubstr("the host is stopping"));
}

TEST(DeadlineTest, ANameThatDoesNotExistIsSaidSo) {
    NameServer server([](const std::string&) { return std::string(); });
    EgressOptions options;
    options.name_servers = server.authority();
    const auto reply = make_curl_client(options)->send(get("https://nowhere.audit.test/"));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(reply.error().message, HasSubstr("the name does not resolve"));
}

// A server that is dead is passed over; what was found serves a minute of exchanges, kept
// connections or not, with a body or without.
TEST(DeadlineTest, ANameIsLookedUpOnceAndEveryMethodFindsItsWay) {
    HttpPeer peer([](const PeerRequest& request) {
        PeerAnswer answer{200, request.method + request.body};
        answer.is_last = request.target == "/last";
        if (answer.is_last) answer.headers["Connection"] = "close";
        return answer;
    });
    NameServer dead([](const std::string&) { return std::nullopt; });
    NameServer server([](const std::string&) { return std::string("127.0.0.1"); });
    const std::string named = "doors.audit.test:" + std::to_string(peer.port());
    EgressOptions options;
    options.allow_private = {named};
    options.name_servers = dead.authority() + "," + server.authority();
    const auto client = make_curl_client(options);
    int asked = 0;
    for (const char* path : {"/", "/last", "/", "/last"}) {
        for (const char* method : {"POST", "PATCH", "PUT", "DELETE", "GET"}) {
            HttpCall call = get("http://" + named + path);
            call.method = method;
            if (call.method.starts_with('P')) call.body = "body";
            const auto reply = client->send(call);
            ASSERT_TRUE(reply) << method << reply.error().message;
            EXPECT_EQ(reply->body, call.method + call.body);
            if (asked == 0) asked = server.questions();
        }
    }
    EXPECT_EQ(server.questions(), asked);
    EXPECT_EQ(peer.requests().size(), 20U);
}

// The look at the address comes after the look for the name.
TEST(DeadlineTest, P11_ANameThatLeadsInsideIsRefused) {
    HttpPeer peer([](const PeerRequest&) { return PeerAnswer{200, "hello"}; });
    for (const char* inside : {"127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0"}) {
        NameServer server([&](const std::string&) { return std::string(inside); });
        EgressOptions options;
        options.name_servers = server.authority();
        const auto reply = make_curl_client(options)->send(
            get("http://doors.audit.test:" + std::to_string(peer.port()) + "/"));
        ASSERT_FALSE(reply) << inside;
        EXPECT_EQ(reply.error().kind, ErrorKind::kForbidden) << reply.error().message;
    }
    EXPECT_EQ(peer.connections(), 0);
}

// Where connections for a host are sent elsewhere, it is that name which is looked up.
TEST(DeadlineTest, ATunnelsNameIsLookedUp) {
    HttpPeer peer([](const PeerRequest&) { return PeerAnswer{200, "hello"}; });
    NameServer server([](const std::string& name) {
        return name == "tunnel.audit.test" ? std::string("127.0.0.1") : std::string();
    });
    EgressOptions options;
    options.name_servers = server.authority();
    options.allow_private = {"api.audit.test:8080"};
    options.connect_to = {"API.audit.test:8080=tunnel.audit.test:" + std::to_string(peer.port())};
    const auto reply = make_curl_client(options)->send(get("http://api.audit.test:8080/"));
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->body, "hello");
}

}  // namespace
}  // namespace gatehouse::egress
