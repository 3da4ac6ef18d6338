// The client against real sockets: plain and TLS peers on 127.0.0.1.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "egress/egress.hpp"
#include "support/http_peer.hpp"

namespace gatehouse::egress {
namespace {

using test::Certificate;
using test::HttpPeer;
using test::PeerAnswer;
using test::PeerRequest;

class CaFile {
  public:
    explicit CaFile(const std::string& pem) {
        std::string name = (std::filesystem::temp_directory_path() / "ca-XXXXXX").string();
        const int fd = mkstemp(name.data());
        if (fd >= 0) ::close(fd);
        path_ = name;
        std::ofstream(path_) << pem;
    }
    CaFile(const CaFile&) = delete;
    CaFile& operator=(const CaFile&) = delete;
    ~CaFile() { std::filesystem::remove(path_); }

    std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

HttpCall get(const std::string& url) {
    HttpCall call;
    call.url = url;
    return call;
}

PeerAnswer hello(const PeerRequest&) {
    return {200, "hello", {{"X-Test", " a value "}}};
}

std::unique_ptr<HttpClient> client_for(const HttpPeer& peer, const std::string& ca_file = "") {
    return make_curl_client({{peer.authority()}, ca_file});
}

TEST(CurlClientTest, SendsTheCallAsItIs) {
    HttpPeer peer(hello);
    const auto client = client_for(peer);
    HttpCall call = get("http://" + peer.authority() + "/a%2Fb?x=1&y={z}");
    call.method = "POST";
    call.headers = {
        {"Authorization", "ApiKey k"}, {"Content-Type", "application/json"}, {"X-Empty", ""}};
    call.body = std::string("{\"a\":\"\0\"}", 9);
    const auto reply = client->send(call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "hello");
    EXPECT_EQ(reply->header("x-test"), "a value");
    EXPECT_EQ(reply->header("absent"), "");
    const PeerRequest seen = peer.requests().at(0);
    EXPECT_EQ(seen.method, "POST");
    EXPECT_EQ(seen.target, "/a%2Fb?x=1&y={z}");
    EXPECT_EQ(seen.headers.at("authorization"), "ApiKey k");
    EXPECT_EQ(seen.headers.at("x-empty"), "");
    EXPECT_EQ(seen.headers.at("user-agent"), "gatehouse");
    EXPECT_EQ(seen.headers.count("expect"), 0U);
    EXPECT_EQ(seen.body, call.body);
}

// {"id":"r1"}, and 5,000 letters
const std::string kGzipped(
    "\037\213\010\000\000\000\000\000\002\003\253\126\312\114\121\262\122\052"
    "\062\124\252\005\000\003\362\026\162\013\000\000\000",
    31);
const std::string kGzippedLetters(
    "\037\213\010\000\000\000\000\000\002\003\355\301\061\001\000\000\000\302"
    "\240\254\353\137\302\024\176\100\001\000\000\000\000\157\003\166\131\364"
    "\114\210\023\000\000",
    41);

TEST(CurlClientTest, NoCodingIsAskedForAndOneThatComesIsDecodedWithinTheLimit) {
    std::string body = kGzipped;
    HttpPeer peer([&body](const PeerRequest&) {
        return PeerAnswer{200, body, {{"Content-Encoding", "gzip"}}};
    });
    const auto client = client_for(peer);
    HttpCall call = get("http://" + peer.authority() + "/");
    const auto reply = client->send(call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->body, R"({"id":"r1"})");
    EXPECT_EQ(reply->header("content-encoding"), "");
    EXPECT_EQ(peer.requests()[0].headers.at("accept-encoding"), "identity");
    body = kGzippedLetters;
    call.max_response_bytes = 5'000;
    EXPECT_TRUE(client->send(call));
    call.max_response_bytes = 4'999;
    const auto large = client->send(call);
    ASSERT_FALSE(large);
    EXPECT_TRUE(is_too_large(large.error()));
    body = "not gzip";
    EXPECT_EQ(client->send(call).error().kind, ErrorKind::kUnavailable);
}

TEST(CurlClientTest, EveryMethodOnOneConnection) {
    HttpPeer peer([](const PeerRequest& request) {
        return request.method == "DELETE" ? PeerAnswer{204} : PeerAnswer{200, request.body};
    });
    const auto client = client_for(peer);
    for (const char* method : {"GET", "PUT", "DELETE", "PATCH", "POST", "GET", "DELETE"}) {
        HttpCall call = get("http://" + peer.authority() + "/");
        call.method = method;
        if (call.method == "PUT" || call.method == "PATCH") call.body = "body";
        const auto reply = client->send(call);
        ASSERT_TRUE(reply) << method << " " << reply.error().message;
        EXPECT_EQ(reply->status, call.method == "DELETE" ? 204 : 200);
        EXPECT_EQ(reply->body, call.body);
        EXPECT_EQ(peer.requests().back().method, method);
        EXPECT_EQ(peer.requests().back().body, call.body);
    }
    EXPECT_EQ(peer.requests()[4].headers.at("content-length"), "0");
    EXPECT_EQ(peer.requests()[5].headers.count("content-type"), 0U);
    EXPECT_EQ(peer.connections(), 1);
}

TEST(CurlClientTest, AConnectionThatThePeerClosedIsReplaced) {
    HttpPeer peer([](const PeerRequest&) {
        PeerAnswer answer{200, "x"};
        answer.is_last = true;
        return answer;
    });
    const auto client = client_for(peer);
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(client->send(get("http://" + peer.authority() + "/")));
    }
    EXPECT_EQ(peer.requests().size(), 5U);
}

// A peer that takes the second request of a connection and ends without an answer: it may have done
// what was asked, and only who asked can find out.
HttpPeer::Handler all_but_the_second(std::atomic<int>& taken) {
    return [&taken](const PeerRequest&) {
        const bool is_second = ++taken == 2;
        return is_second ? PeerAnswer{200, "", {}, "", true} : PeerAnswer{200, "done"};
    };
}

TEST(CurlClientTest, WhatIsNotTheSameTwiceIsSentOnce) {
    for (const char* method : {"POST", "PATCH"}) {
        std::atomic<int> taken = 0;
        HttpPeer peer(all_but_the_second(taken));
        const auto client = client_for(peer);
        HttpCall call = get("http://" + peer.authority() + "/jobs");
        call.method = method;
        call.body = "{}";
        EXPECT_TRUE(client->send(call));
        const auto lost = client->send(call);
        ASSERT_FALSE(lost) << method;
        EXPECT_EQ(lost.error().kind, ErrorKind::kUnavailable);
        EXPECT_EQ(lost.error().message,
                  peer.authority() + ": the connection ended without an answer");
        EXPECT_EQ(taken, 2) << method;
        EXPECT_TRUE(client->send(call)) << method;
    }
}

TEST(CurlClientTest, WhatIsTheSameTwiceIsSentAgain) {
    std::atomic<int> taken = 0;
    HttpPeer peer(all_but_the_second(taken));
    const auto client = client_for(peer);
    HttpCall call = get("http://" + peer.authority() + "/jobs");
    call.method = "PUT";
    call.body = "{}";
    EXPECT_TRUE(client->send(call));
    EXPECT_TRUE(client->send(call));
    EXPECT_EQ(taken, 3);
}

TEST(CurlClientTest, P11_RefusesPrivateAddressesAtConnectTime) {
    HttpPeer peer(hello);
    const auto client = make_curl_client({});
    const auto url_of = [port = std::to_string(peer.port())](const std::string& host) {
        return "http://" + host + ":" + port + "/";
    };
    for (const std::string host : {"127.0.0.1", "localhost", "2130706433", "0x7f.1", "0.0.0.0",
                                   "[::ffff:127.0.0.1]", "[::1]", "169.254.169.254"}) {
        const auto reply = client->send(get(url_of(host)));
        ASSERT_FALSE(reply) << host;
        EXPECT_EQ(reply.error().kind, ErrorKind::kForbidden) << host << reply.error().message;
    }
    EXPECT_EQ(peer.connections(), 0);
}

TEST(CurlClientTest, P11_AListedNameMayResolveToAPrivateAddress) {
    HttpPeer peer(hello);
    const std::string named = "localhost:" + std::to_string(peer.port());
    const auto client = make_curl_client({{named}, ""});
    EXPECT_TRUE(client->send(get("http://" + named + "/")));
    EXPECT_EQ(client->send(get("http://" + peer.authority() + "/")).error().kind,
              ErrorKind::kForbidden);
}

TEST(CurlClientTest, P11_FollowsNoRedirectAndUsesNoProxy) {
    HttpPeer peer([](const PeerRequest&) {
        return PeerAnswer{302, "", {{"Location", "http://169.254.169.254/"}}};
    });
    setenv("http_proxy", "http://127.0.0.1:1/", 1);  // NOLINT(concurrency-mt-unsafe)
    const auto reply = client_for(peer)->send(get("http://" + peer.authority() + "/"));
    unsetenv("http_proxy");  // NOLINT(concurrency-mt-unsafe)
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 302);
    EXPECT_EQ(peer.requests().size(), 1U);
}

TEST(CurlClientTest, RefusesOtherSchemesAndInjections) {
    const auto client = make_curl_client({});
    EXPECT_EQ(client->send(get("file:///etc/passwd")).error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(client->send(get("http://127.0.0.1/\r\nX: 1")).error().kind, ErrorKind::kInvalid);
    HttpCall call = get("http://127.0.0.1/");
    call.headers = {{"X", "a\r\nb: c"}};
    EXPECT_EQ(client->send(call).error().kind, ErrorKind::kInvalid);
}

TEST(CurlClientTest, AnAnswerOverTheCapIsInvalid) {
    HttpPeer peer([](const PeerRequest&) { return PeerAnswer{200, std::string(100'000, 'x')}; });
    const auto client = client_for(peer);
    HttpCall call = get("http://" + peer.authority() + "/");
    call.max_response_bytes = 100'000;
    EXPECT_EQ(client->send(call)->body.size(), 100'000U);
    call.max_response_bytes = 99'999;
    EXPECT_EQ(client->send(call).error().kind, ErrorKind::kInvalid);
    call.max_response_bytes = 100'000;
    EXPECT_TRUE(client->send(call));
}

TEST(CurlClientTest, HeadersWithoutEndAreInvalid) {
    HttpPeer peer([](const PeerRequest&) {
        PeerAnswer answer;
        answer.raw = "HTTP/1.1 200 OK\r\n";
        for (int i = 0; i < 3000; ++i) {
            *answer.raw += "X-Filler-" + std::to_string(i) + ": aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n";
        }
        *answer.raw += "Content-Length: 0\r\n\r\n";
        return answer;
    });
    EXPECT_EQ(client_for(peer)->send(get("http://" + peer.authority() + "/")).error().kind,
              ErrorKind::kInvalid);
}

// Neither says anything of the request, which must be tried again: the other side may have done it.
TEST(CurlClientTest, P12_RubbishAndACutAnswerAreUnavailable) {
    std::string raw;
    HttpPeer peer([&raw](const PeerRequest&) {
        PeerAnswer answer;
        answer.raw = raw;
        answer.is_last = true;
        return answer;
    });
    const auto client = client_for(peer);
    const std::string url = "http://" + peer.authority() + "/";
    raw = "SSH-2.0-OpenSSH_9.2\r\n";
    EXPECT_EQ(client->send(get(url)).error().kind, ErrorKind::kUnavailable);
    raw = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":";
    EXPECT_EQ(client->send(get(url)).error().kind, ErrorKind::kUnavailable);
    raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    EXPECT_EQ(client->send(get(url)).error().kind, ErrorKind::kUnavailable);
    raw = "";
    EXPECT_EQ(client->send(get(url)).error().kind, ErrorKind::kUnavailable);
}

TEST(CurlClientTest, AnInterimAnswerIsSkipped) {
    HttpPeer peer([](const PeerRequest&) {
        PeerAnswer answer;
        answer.raw =
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\n"
            "Content-Length: 2\r\n\r\nok";
        return answer;
    });
    const auto reply = client_for(peer)->send(get("http://" + peer.authority() + "/"));
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 201);
    EXPECT_EQ(reply->header("link"), "");
    EXPECT_EQ(reply->body, "ok");
}

TEST(CurlClientTest, ASilentPeerTimesOut) {
    HttpPeer peer([](const PeerRequest&) {
        PeerAnswer answer;
        answer.is_silent = true;
        return answer;
    });
    HttpCall call = get("http://" + peer.authority() + "/");
    call.timeout_ms = 50;
    const auto reply = client_for(peer)->send(call);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().kind, ErrorKind::kUnavailable);
}

TEST(CurlClientTest, AClosedPortIsUnavailable) {
    std::string authority;
    {
        const HttpPeer peer(hello);
        authority = peer.authority();
    }
    const auto client = make_curl_client({{authority}, ""});
    EXPECT_EQ(client->send(get("http://" + authority + "/")).error().kind, ErrorKind::kUnavailable);
}

TEST(CurlClientTest, TrustsTheExtraAnchorAndNothingElse) {
    const Certificate certificate = test::make_certificate();
    HttpPeer peer(hello, certificate);
    const CaFile ca(certificate.certificate_pem);
    const std::string url = "https://localhost:" + std::to_string(peer.port()) + "/";
    const std::string named = "localhost:" + std::to_string(peer.port());

    const auto trusting = make_curl_client({{named}, ca.path()});
    for (int i = 0; i < 3; ++i) {
        const auto reply = trusting->send(get(url));
        ASSERT_TRUE(reply) << reply.error().message;
        EXPECT_EQ(reply->body, "hello");
    }
    EXPECT_EQ(peer.connections(), 1);

    const auto stranger = make_curl_client({{named}, ""});
    EXPECT_EQ(stranger->send(get(url)).error().kind, ErrorKind::kUnavailable);
    EXPECT_EQ(peer.requests().size(), 3U);
}

TEST(CurlClientTest, ACertificateForAnotherNameIsRefused) {
    const Certificate certificate = test::make_certificate("other.example");
    HttpPeer peer(hello, certificate);
    const CaFile ca(certificate.certificate_pem);
    const std::string named = "localhost:" + std::to_string(peer.port());
    const auto client = make_curl_client({{named}, ca.path()});
    EXPECT_EQ(client->send(get("https://" + named + "/")).error().kind, ErrorKind::kUnavailable);
    EXPECT_TRUE(peer.requests().empty());
}

TEST(CurlClientTest, P11_AConnectionElsewhereKeepsNameCertificateAndGuard) {
    const Certificate certificate = test::make_certificate("api.vendor.example");
    HttpPeer peer(hello, certificate);
    const CaFile ca(certificate.certificate_pem);
    const std::string elsewhere = "api.vendor.example:443=" + peer.authority();
    const HttpCall call = get("https://api.vendor.example/");
    const auto client = make_curl_client({{peer.authority()}, ca.path(), {elsewhere}});
    const auto reply = client->send(call);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
    const auto unlisted = make_curl_client({{}, ca.path(), {elsewhere}});
    EXPECT_EQ(unlisted->send(call).error().kind, ErrorKind::kForbidden);
    const std::string other_name = "api.other.example:443=" + peer.authority();
    const auto renamed = make_curl_client({{peer.authority()}, ca.path(), {other_name}});
    EXPECT_FALSE(renamed->send(get("https://api.other.example/")).has_value());
}

TEST(CurlClientTest, AnUnusableAnchorFileIsAStartUpError) {
    const CaFile empty("no certificate");
    EXPECT_THROW(make_curl_client({{}, empty.path()}), std::runtime_error);
    EXPECT_THROW(make_curl_client({{}, "/does/not/exist.pem"}), std::runtime_error);
}

TEST(CurlClientTest, StopEndsAnExchangeUnderWay) {
    HttpPeer peer([](const PeerRequest&) {
        PeerAnswer answer;
        answer.is_silent = true;
        return answer;
    });
    const auto client = client_for(peer);
    HttpCall call = get("http://" + peer.authority() + "/");
    call.timeout_ms = 100'000;
    ErrorKind kind = ErrorKind::kInternal;
    std::thread sender([&] { kind = client->send(call).error().kind; });
    EXPECT_TRUE(peer.await_requests(1));
    client->stop();
    sender.join();
    EXPECT_EQ(kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace gatehouse::egress
