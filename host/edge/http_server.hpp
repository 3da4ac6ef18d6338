// HttpServer: the only thing that the rest of the host sees of the HTTP edge. Pistache, OpenSSL's
// acceptor and the framing guard stay behind it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "observe/metrics.hpp"

namespace gatehouse::edge {

// A complete request: head and body were read, framing was checked. The views live until handle()
// returns. [worker thread]
struct HttpRequest {
    std::string_view method;  // as sent: "POST"
    std::string_view path;    // without the query, not percent-decoded, begins with '/'
    std::string_view query;   // after '?', may be empty
    std::string_view body;    // de-chunked; the bytes that signatures are computed over
    std::string_view peer;    // the client's address, "127.0.0.1"
    std::vector<std::pair<std::string_view, std::string_view>> headers;  // names as sent, in order

    // The one value of a header, name compared without case. Nothing if absent; kInvalid if it
    // stands there more than once.
    Result<std::optional<std::string_view>> header(std::string_view name) const;
};

struct HttpResponse {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::optional<int> retry_after_s = std::nullopt;
    // Whether the request showed who sent it: a right signature or token. Its address is then no
    // stranger for a day, and keeps its place when others are refused theirs.
    bool is_from_known_sender = false;
};

// The right to answer one request, once. Movable; a Responder that goes unanswered sends 500.
// send() may be called on any thread and at any time: the reply is made on the connection's own
// worker, in the order of pipelined requests, and is dropped if the client is gone. [any thread]
class Responder {
  public:
    class Channel {
      public:
        virtual ~Channel() = default;
        virtual void send(HttpResponse response) noexcept = 0;
    };

    explicit Responder(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
    Responder(Responder&&) noexcept = default;
    Responder& operator=(Responder&&) = delete;
    ~Responder() { send(HttpResponse{500, R"({"message":"internal error"})"}); }

    void send(HttpResponse response) noexcept {
        if (auto channel = std::move(channel_)) {
            channel->send(std::move(response));
        }
    }

  private:
    std::unique_ptr<Channel> channel_;
};

class HttpHandler {
  public:
    virtual ~HttpHandler() = default;

    // Looks at the head of a request whose body is still to come; `request.body` is empty. An
    // answer is sent at once, no byte of the body is kept and the connection is closed.
    // [worker threads]
    virtual std::optional<HttpResponse> refuse_head(const HttpRequest& /*request*/) noexcept {
        return std::nullopt;
    }

    // Must not block: verify, hand over, return. Called on many workers at once. [worker threads]
    virtual void handle(const HttpRequest& request, Responder responder) noexcept = 0;
};

struct TlsFiles {
    std::filesystem::path certificate;  // PEM chain
    std::filesystem::path key;          // PEM
};

// Limits | default | an excess is answered with
struct ServerLimits {
    std::size_t head_bytes = 8UL * 1024;            // 431
    std::size_t body_bytes = 1024UL * 1024;         // 413
    std::size_t bodies_bytes = 32UL * 1024 * 1024;  // 503; held for bodies under way in all
    std::size_t connections = 4096;                 // closed at accept; idle strangers are before
    std::size_t connections_per_address = 256;      // closed at accept
    int handshakes_per_address = 100;  // a second, that lead to nothing; closed at accept
    int handshake_ms = 5000;           // closed
    int head_ms = 5000;                // 408
    int body_ms = 10000;               // 408
    int idle_ms = 60000;               // closed
    int stranger_idle_ms = 5000;       // closed; while no known sender's event came
    int answer_ms = 1500;              // 503 (promise P1): the handler did not answer in time
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;       // 0 = any free one; see HttpServer::port()
    std::optional<TlsFiles> tls;  // nothing = plain HTTP, for the admin port and tests
    std::optional<std::filesystem::path> ticket_keys;  // nothing = they end with the process
    // Addresses and networks of proxies. Their connections carry many clients and count for no
    // address. With `proxy_protocol` each of them begins with a header that names its one client,
    // who is counted instead.
    std::vector<std::string> trusted_proxies;
    bool proxy_protocol = false;
    int workers = 2;
    ServerLimits limits;
    std::string name = "edge";            // component name in logs
    observe::Metrics* metrics = nullptr;  // outlives the server; at most one server shows itself
    std::function<void()> on_full;  // is_refusing has become true; must not block [any thread]
};

struct ServerStats {
    std::uint64_t connections = 0;  // open now, handshakes included
    std::uint64_t accepted_total = 0;
    std::uint64_t refused_total = 0;  // over a limit
    std::uint64_t evicted_total = 0;  // idle strangers, to make room
    std::uint64_t handshake_failed_total = 0;
    std::uint64_t handshake_dropped_total = 0;  // too many were pending
    std::uint64_t timed_out_total = 0;
    bool is_refusing = false;  // in the last minute someone found no room
    std::uint64_t bad_requests_total = 0;
    std::uint64_t unwelcome_total = 0;  // refused at the head
    std::uint64_t requests_total = 0;
    std::int64_t certificate_not_after_ms = 0;  // 0 = plain HTTP
};

// All functions but the destructor are for the owner's thread unless they say otherwise.
class HttpServer {
  public:
    virtual ~HttpServer() = default;

    // The bound port.
    virtual std::uint16_t port() const = 0;

    // Stops accepting, lets requests in flight be answered for at most `grace_ms`, then closes
    // everything. Idempotent. No handler runs after it returned.
    virtual void drain(int grace_ms) = 0;

    // Calls `answer` once, on one of the server's threads, when all of them have turned; never when
    // one does not turn any more.
    virtual void on_turn(std::function<void()> answer) = 0;

    // [any thread]
    virtual ServerStats stats() const = 0;
};

// A port that is taken, with the certificate that it is served with: all that a server needs of the
// machine. Clients that connect before it is served wait in the kernel's queue.
class HttpPort {
  public:
    virtual ~HttpPort() = default;
    virtual std::uint16_t port() const = 0;
};

// kInvalid for unusable TLS files or an address that is none of this machine's, kConflict when the
// port is taken, kForbidden without the right to it.
Result<std::unique_ptr<HttpPort>> take_http_port(const ServerOptions& options);

// Serves a port of take_http_port(). `handler` outlives the server.
Result<std::unique_ptr<HttpServer>> start_http_server(std::unique_ptr<HttpPort> port,
                                                      HttpHandler& handler);

// Both. Certificate and key are read again when the files change; a broken pair is
// logged and the old one kept.
Result<std::unique_ptr<HttpServer>> start_http_server(const ServerOptions& options,
                                                      HttpHandler& handler);

}  // namespace gatehouse::edge
