// HttpPeer: a small HTTP/1.1 server on 127.0.0.1 that a test scripts, byte by byte if it must.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/throwaway_certificate.hpp"

namespace gatehouse::test {

struct PeerRequest {
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
    std::string head;  // as it came
};

struct PeerAnswer {
    int status = 200;
    std::string body = {};
    std::map<std::string, std::string> headers = {};
    std::optional<std::string> raw = std::nullopt;  // sent instead of all that
    bool is_last = false;                           // close the connection afterwards
    bool is_silent = false;                         // send nothing and keep the connection open
};

// One thread per connection. The handler runs on many threads at once.
class HttpPeer {
  public:
    using Handler = std::function<PeerAnswer(const PeerRequest&)>;

    // With a certificate it speaks TLS.
    explicit HttpPeer(Handler handler, const std::optional<Certificate>& tls = std::nullopt);
    HttpPeer(const HttpPeer&) = delete;
    HttpPeer& operator=(const HttpPeer&) = delete;
    ~HttpPeer();

    std::uint16_t port() const { return port_; }
    std::string authority() const { return "127.0.0.1:" + std::to_string(port_); }

    int connections() const { return connections_; }

    std::vector<PeerRequest> requests() const;

    // Whether that many requests came, within a generous time.
    bool await_requests(std::size_t count);

    // Requests are not kept, for load tests.
    void keep_nothing() { is_keeping_ = false; }

  private:
    class Connection;

    void accept_all();
    void serve(int fd);

    Handler handler_;
    std::shared_ptr<void> tls_;  // SSL_CTX; shared_ptr for its type-erased deleter
    int listen_fd_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::atomic<bool> is_keeping_{true};
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<PeerRequest> requests_;
    std::vector<int> open_fds_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace gatehouse::test
