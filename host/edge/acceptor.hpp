// Acceptor: takes connections from the listening socket, does their TLS handshakes without waiting
// for any of them, and hands the finished ones to the workers.
//
// One thread with its own epoll. A client that says nothing costs a descriptor until its deadline,
// and nobody else's time.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/unique_fd.hpp"
#include "edge/admission.hpp"
#include "edge/certificate_watch.hpp"
#include "edge/counters.hpp"
#include "edge/deadlines.hpp"
#include "edge/http_server.hpp"
#include "edge/inbox.hpp"
#include "edge/worker.hpp"

namespace gatehouse::edge {

class Acceptor {
  public:
    // What is referred to outlives the acceptor. Without `certificate` connections are plain TCP.
    // Throws when descriptors run out.
    Acceptor(const std::string& name, UniqueFd listener,
             std::optional<CertificateWatch> certificate, const ServerLimits& limits,
             Admission& admission, Counters& counters,
             std::vector<std::unique_ptr<Worker>>& workers);

    // Stops accepting; handshakes under way are dropped.
    ~Acceptor();

  private:
    struct Handshake {
        NewConnection connection;
        bool wants_write = false;
    };

    void run();
    int wait_ms() const;
    void accept_connections();
    bool accept_one();
    void begin(NewConnection connection);
    void continue_handshake(int fd);
    void drop_overdue();
    void pause_accepting();
    void resume_accepting();
    void hand_over(NewConnection connection);

    const std::string name_;
    UniqueFd listener_;
    std::optional<CertificateWatch> certificate_;
    const ServerLimits& limits_;
    Admission& admission_;
    Counters& counters_;
    std::vector<std::unique_ptr<Worker>>& workers_;
    std::size_t next_worker_ = 0;

    UniqueFd epoll_;
    UniqueFd stop_;
    std::int64_t now_ms_ = 0;
    std::int64_t resume_at_ms_ = 0;  // 0 = accepting
    std::int64_t next_complaint_ms_ = 0;
    std::unordered_map<int, Handshake> handshakes_;
    Deadlines deadlines_;
    std::thread thread_;
};

}  // namespace gatehouse::edge
