#include "edge/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <csignal>
#include <thread>

namespace gatehouse::edge {

namespace {

constexpr int kPatienceSeconds = 10;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// OpenSSL's writes may raise SIGPIPE. It is held back here and not for the whole process, so that
// a server that would raise it itself ends its test.
class WithoutSigpipe {
  public:
    WithoutSigpipe() {
        sigemptyset(&pipe_);
        sigaddset(&pipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
    }
    ~WithoutSigpipe() {
        const timespec now{0, 0};
        sigtimedwait(&pipe_, nullptr, &now);
        pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    WithoutSigpipe(const WithoutSigpipe&) = delete;
    WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

  private:
    sigset_t pipe_{};
    sigset_t before_{};
};

}  // namespace

std::string canned_client_hello() {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                               SSL_CTX_free);
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
    SSL_connect(ssl.get());
    ERR_clear_error();
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

Client::Client(std::uint16_t port, ClientOptions options)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{kPatienceSeconds, 0};
    const int on = 1;
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (options.receive_buffer != 0) {
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &options.receive_buffer,
                     sizeof options.receive_buffer);
    }
    sockaddr_in own{};
    own.sin_family = AF_INET;
    if (!options.from.empty()) {
        ::inet_pton(AF_INET, options.from.c_str(), &own.sin_addr);
        ::bind(fd_.get(), reinterpret_cast<sockaddr*>(&own), sizeof own);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    ::send(fd_.get(), options.preface.data(), options.preface.size(), MSG_NOSIGNAL);
    connected_ = !options.tls || handshake(options.max_tls_version, options.session);
}

bool Client::handshake(int max_version, SSL_SESSION* session) {
    const WithoutSigpipe without_sigpipe;
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (max_version < TLS1_2_VERSION) {
        // Debian's default level would refuse before the server can.
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    }
    SSL_CTX_set_max_proto_version(context_.get(), max_version);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_.get());
    if (session != nullptr) SSL_set_session(ssl_.get(), session);
    ERR_clear_error();
    if (SSL_connect(ssl_.get()) != 1) return false;

    std::array<char, 256> name{};
    X509* certificate = SSL_get1_peer_certificate(ssl_.get());
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                              static_cast<int>(name.size()));
    X509_free(certificate);
    peer_common_name_ = name.data();
    return true;
}

bool Client::send(std::string_view bytes) {
    const WithoutSigpipe without_sigpipe;
    while (!bytes.empty()) {
        ssize_t sent = 0;
        if (ssl_) {
            ERR_clear_error();
            sent = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
        } else {
            sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        }
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Client::send_slowly(std::string_view bytes, std::size_t step) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
        if (!send(bytes.substr(0, step))) return false;
        // Gives the server the time to read each piece by itself.
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

bool Client::fill() {
    const WithoutSigpipe without_sigpipe;
    std::array<char, 16384> buffer{};
    ssize_t count = 0;
    if (ssl_) {
        ERR_clear_error();
        count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
        clean_end_ = count <= 0 &&
                     SSL_get_error(ssl_.get(), static_cast<int>(count)) == SSL_ERROR_ZERO_RETURN;
    } else {
        count = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
        clean_end_ = count == 0;
    }
    if (count <= 0) return false;
    input_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

std::optional<Reply> Client::read_reply(bool to_head) {
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) return std::nullopt;
    }
    Reply reply;
    const std::string head = input_.substr(0, end + 2);
    reply.status = std::stoi(head.substr(head.find(' ') + 1, 3));
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
        const std::size_t eol = head.find("\r\n", at);
        const std::size_t colon = head.find(": ", at);
        reply.headers[lower(head.substr(at, colon - at))] = head.substr(colon + 2, eol - colon - 2);
        at = eol + 2;
    }
    const auto length = reply.headers.find("content-length");
    const std::size_t size =
        length == reply.headers.end() || to_head ? 0 : std::stoul(length->second);
    while (input_.size() < end + 4 + size) {
        if (!fill()) return std::nullopt;
    }
    reply.body = input_.substr(end + 4, size);
    input_.erase(0, end + 4 + size);
    return reply;
}

bool Client::read_end() {
    return input_.empty() && !fill() && clean_end_;
}

void Client::close_writes() {
    const WithoutSigpipe without_sigpipe;
    if (ssl_) SSL_shutdown(ssl_.get());
    ::shutdown(fd_.get(), SHUT_WR);
}

void Client::reset() {
    const linger now{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    fd_.reset();
}

std::string get(std::string_view path, std::string_view more_headers) {
    return "GET /" + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) +
           "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view more_headers) {
    return "POST /" + std::string(path) +
           " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(more_headers) + "\r\n" + std::string(body);
}

}  // namespace gatehouse::edge
