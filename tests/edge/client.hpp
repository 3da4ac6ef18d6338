// Client: a plain or TLS client that sends exactly the bytes that a test gives it. Waits are
// bounded by seconds, after which they fail, so a broken server ends a test instead of hanging it.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"

namespace gatehouse::edge {

struct Reply {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};

struct ClientOptions {
    bool tls = true;
    int max_tls_version = TLS1_3_VERSION;
    int receive_buffer = 0;          // 0 = the system's
    std::string preface = {};        // before the handshake, as a proxy's header
    SSL_SESSION* session = nullptr;  // to be resumed
    std::string from = {};           // the own address, "127.0.0.2"; empty = the system's choice
};

class Client {
  public:
    // Connects, and does the handshake when `tls`; check connected().
    explicit Client(std::uint16_t port, ClientOptions options = {});

    bool connected() const { return connected_; }
    const std::string& peer_common_name() const { return peer_common_name_; }

    // Of a session that can be resumed later; it comes with the first reply. The caller frees it.
    SSL_SESSION* session() const { return SSL_get1_session(ssl_.get()); }
    bool is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

    bool send(std::string_view bytes);
    bool send_slowly(std::string_view bytes, std::size_t step);

    // The next reply; nothing when the connection ended or the time was over. `to_head` says that
    // the reply belongs to a HEAD request and has no body.
    std::optional<Reply> read_reply(bool to_head = false);

    // Whether the server closed in order (with close_notify under TLS) and sent nothing more.
    bool read_end();

    void close_writes();
    void reset();  // ends with a TCP reset

    int fd() const { return fd_.get(); }

  private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };

    bool handshake(int max_version, SSL_SESSION* session);
    bool fill();  // reads some bytes; false at the end

    UniqueFd fd_;
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> ssl_;
    bool connected_ = false;
    bool clean_end_ = false;
    std::string peer_common_name_;
    std::string input_;
};

// The first bytes that a TLS 1.3 client sends.
std::string canned_client_hello();

// An HTTP/1.1 request for "/" + `path`.
std::string get(std::string_view path, std::string_view more_headers = "");
std::string post(std::string_view path, std::string_view body, std::string_view more_headers = "");

}  // namespace gatehouse::edge
