// The edge's TLS settings: 1.2 and 1.3, ECDHE with AEAD ciphers, HTTP/1.1 by ALPN, tickets for
// resumption, no renegotiation, no client certificates.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "edge/http_server.hpp"

namespace gatehouse::edge {

struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPtr = std::unique_ptr<SSL, SslDeleter>;

struct SslContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContextPtr = std::unique_ptr<SSL_CTX, SslContextDeleter>;

// One more owner of the same context. [any thread]
inline SslContextPtr share(SSL_CTX* context) {
    SSL_CTX_up_ref(context);
    return SslContextPtr(context);
}

struct TlsContext {
    SslContextPtr context;
    std::int64_t not_after_ms = 0;  // the leaf certificate's end
};

// kInvalid when a file cannot be read, the key does not fit the certificate or needs a passphrase.
// [any thread]
Result<TlsContext> load_tls_context(const TlsFiles& files);

}  // namespace gatehouse::edge
