#include "support/http_peer.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>

namespace gatehouse::test {
namespace {

std::shared_ptr<void> make_tls(const Certificate& pem) {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    BIO* bio = BIO_new_mem_buf(pem.certificate_pem.data(), -1);
    X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context, certificate);
    X509_free(certificate);
    BIO_free(bio);
    bio = BIO_new_mem_buf(pem.key_pem.data(), -1);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
    BIO_free(bio);
    return {context, [](void* made) { SSL_CTX_free(static_cast<SSL_CTX*>(made)); }};
}

std::string trim(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(" \r\n");
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \r\n") - begin + 1);
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

PeerRequest parse_head(const std::string& head) {
    PeerRequest request;
    request.head = head;
    std::size_t at = head.find("\r\n");
    const std::string line = head.substr(0, at);
    const std::size_t blank = line.find(' ');
    request.method = line.substr(0, blank);
    request.target = line.substr(blank + 1, line.rfind(' ') - blank - 1);
    while (at + 2 < head.size()) {
        const std::size_t end = head.find("\r\n", at + 2);
        const std::string header = head.substr(at + 2, end - at - 2);
        const std::size_t colon = header.find(':');
        if (colon == std::string::npos) break;
        request.headers[lower(header.substr(0, colon))] = trim(header.substr(colon + 1));
        at = end;
    }
    return request;
}

std::string to_bytes(const PeerAnswer& answer) {
    if (answer.raw) return *answer.raw;
    std::string bytes = "HTTP/1.1 " + std::to_string(answer.status) + " Scripted\r\n";
    for (const auto& [name, value] : answer.headers) {
        bytes.append(name).append(": ").append(value).append("\r\n");
    }
    if (answer.status != 204) {
        bytes += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
    }
    return bytes + "\r\n" + answer.body;
}

}  // namespace

class HttpPeer::Connection {
  public:
    Connection(int fd, SSL_CTX* tls) : fd_(fd) {
        if (tls != nullptr) {
            ssl_ = SSL_new(tls);
            SSL_set_fd(ssl_, fd);
        }
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { SSL_free(ssl_); }

    bool open() { return ssl_ == nullptr || SSL_accept(ssl_) == 1; }

    std::optional<PeerRequest> read() {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
            if (!read_more()) return std::nullopt;
        }
        PeerRequest request = parse_head(buffer_.substr(0, end + 2));
        buffer_.erase(0, end + 4);
        const auto length = request.headers.find("content-length");
        const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
        while (buffer_.size() < size) {
            if (!read_more()) return std::nullopt;
        }
        request.body = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return request;
    }

    bool write(const std::string& bytes) {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const auto left = static_cast<int>(bytes.size() - done);
            const ssize_t count = ssl_ != nullptr ? SSL_write(ssl_, bytes.data() + done, left)
                                                  : ::send(fd_, bytes.data() + done,
                                                           bytes.size() - done, MSG_NOSIGNAL);
            if (count <= 0) return false;
            done += static_cast<std::size_t>(count);
        }
        return true;
    }

  private:
    bool read_more() {
        char chunk[16384];
        const ssize_t count = ssl_ != nullptr ? SSL_read(ssl_, chunk, sizeof(chunk))
                                              : ::recv(fd_, chunk, sizeof(chunk), 0);
        if (count <= 0) return false;
        buffer_.append(chunk, static_cast<std::size_t>(count));
        return true;
    }

    int fd_;
    SSL* ssl_ = nullptr;
    std::string buffer_;
};

HttpPeer::HttpPeer(Handler handler, const std::optional<Certificate>& tls)
    : handler_(std::move(handler)) {
    std::signal(SIGPIPE, SIG_IGN);
    if (tls) tls_ = make_tls(*tls);
    listen_fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(listen_fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listen_fd_, 256) != 0 ||
        ::getsockname(listen_fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw std::runtime_error("the test's peer cannot listen");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

HttpPeer::~HttpPeer() {
    ::shutdown(listen_fd_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_fds_) {
            ::shutdown(fd, SHUT_RDWR);
        }
    }
    for (std::thread& thread : threads_) {
        thread.join();
    }
    ::close(listen_fd_);
}

void HttpPeer::accept_all() {
    for (;;) {
        const int fd = ::accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) return;
        const int one = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        ++connections_;
        const std::lock_guard lock(mutex_);
        open_fds_.push_back(fd);
        threads_.emplace_back([this, fd] { serve(fd); });
    }
}

void HttpPeer::serve(int fd) {
    {
        Connection connection(fd, static_cast<SSL_CTX*>(tls_.get()));
        bool is_open = connection.open();
        while (is_open) {
            auto request = connection.read();
            if (!request) break;
            if (is_keeping_) {
                const std::lock_guard lock(mutex_);
                requests_.push_back(*request);
                arrived_.notify_all();
            }
            const PeerAnswer answer = handler_(*request);
            if (answer.is_silent) continue;
            is_open = connection.write(to_bytes(answer)) && !answer.is_last;
        }
    }
    const std::lock_guard lock(mutex_);
    std::erase(open_fds_, fd);
    ::close(fd);
}

std::vector<PeerRequest> HttpPeer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

bool HttpPeer::await_requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::seconds(30),
                             [&] { return requests_.size() >= count; });
}

}  // namespace gatehouse::test
