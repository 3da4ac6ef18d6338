// Stream: non-blocking reads and writes on a connection, plain or TLS, with OpenSSL's many ways to
// say "not now" reduced to one closed set. Owns nothing: descriptor and SSL belong to the
// connection's Pistache peer. [worker thread]
#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace gatehouse::edge {

enum class IoStatus {
    kDone,
    kWantRead,
    kWantWrite,
    kEof,     // the other side sends no more; it may still read
    kFailed,  // nothing more can be read or written
};

struct IoResult {
    IoStatus status = IoStatus::kFailed;
    std::size_t bytes = 0;
};

class Stream {
  public:
    // `ssl` is null for plain TCP.
    Stream(int fd, SSL* ssl) : fd_(fd), ssl_(ssl) {}

    // TLS only: goes on with the server's part of the handshake. kDone when it is finished.
    IoStatus accept_handshake();

    IoResult read(std::span<char> buffer);
    IoResult write(std::string_view bytes);

    // Whether a read can succeed although the descriptor will not turn readable.
    bool has_buffered_input() const { return ssl_ != nullptr && SSL_has_pending(ssl_) == 1; }

    // Says goodbye: TLS close_notify, then TCP's FIN. The receiving half stays open, so that bytes
    // still under way cannot turn into a reset that destroys the reply.
    IoStatus close_writes();

    // Reads and forgets at most one buffer of raw bytes; for use after close_writes().
    IoStatus discard(std::span<char> buffer);

  private:
    IoResult tls_result(int returned) const;

    int fd_;
    SSL* ssl_;
};

}  // namespace gatehouse::edge
