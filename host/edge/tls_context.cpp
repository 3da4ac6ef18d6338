#include "edge/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <time.h>

#include <array>
#include <cstring>
#include <string>

namespace gatehouse::edge {

namespace {

constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

std::string last_tls_error() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_peek_last_error(), text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

// A host without a terminal must not stop to ask for a passphrase.
int no_passphrase(char*, int, int, void*) {
    return 0;
}

int select_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                unsigned int in_size, void*) {
    unsigned char* selected = nullptr;
    const int outcome =
        SSL_select_next_proto(&selected, out_size, kHttp11, sizeof kHttp11, in, in_size);
    if (outcome != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
    *out = selected;
    return SSL_TLSEXT_ERR_OK;
}

bool apply_policy(SSL_CTX* context) {
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    // Tickets carry the session; a server-side cache would only cost memory and a lock.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    // Record header and body in one system call.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    SSL_CTX_set_alpn_select_cb(context, select_alpn, nullptr);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
           SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
           SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1;
}

std::int64_t not_after_ms(SSL_CTX* context) {
    const X509* certificate = SSL_CTX_get0_certificate(context);
    struct tm end {};
    if (certificate == nullptr) return 0;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return 0;
    return static_cast<std::int64_t>(timegm(&end)) * 1000;
}

}  // namespace

Result<TlsContext> load_tls_context(const TlsFiles& files) {
    ERR_clear_error();
    SslContextPtr context(SSL_CTX_new(TLS_server_method()));
    if (!context || !apply_policy(context.get())) {
        return fail(ErrorKind::kInternal, "TLS cannot be set up: " + last_tls_error());
    }
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1) {
        return fail(ErrorKind::kInvalid, "certificate " + files.certificate.string() +
                                             " cannot be used: " + last_tls_error());
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return fail(ErrorKind::kInvalid,
                    "key " + files.key.string() + " cannot be used: " + last_tls_error());
    }
    if (SSL_CTX_check_private_key(context.get()) != 1) {
        return fail(ErrorKind::kInvalid, "key " + files.key.string() +
                                             " does not belong to certificate " +
                                             files.certificate.string());
    }
    const std::int64_t end_ms = not_after_ms(context.get());
    return TlsContext{std::move(context), end_ms};
}

}  // namespace gatehouse::edge
