// Acceptor: takes connections from the listening socket, lets Admission judge them before they cost
// anything, and deals them to the workers, which shake hands.
//
// One thread with its own epoll. It never waits for a client and does no cryptography.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/unique_fd.hpp"
#include "edge/admission.hpp"
#include "edge/certificate_watch.hpp"
#include "edge/counters.hpp"
#include "edge/http_server.hpp"
#include "edge/inbox.hpp"
#include "edge/networks.hpp"
#include "edge/worker.hpp"

namespace gatehouse::edge {

// From whom connections carry many clients, and whether each begins with a PROXY header.
struct Proxies {
    Networks networks;
    bool send_header = false;
};

class Acceptor {
  public:
    // What is referred to outlives the acceptor. Without `certificate` connections are plain TCP.
    // Throws when descriptors run out.
    Acceptor(const std::string& name, UniqueFd listener,
             std::optional<CertificateWatch> certificate, Proxies proxies, Admission& admission,
             Counters& counters, std::vector<std::unique_ptr<Worker>>& workers);

    // Stops accepting.
    ~Acceptor();

    // Calls `answer` on the acceptor's thread when it turns next; never once it has stopped.
    // [any thread]
    void ask(std::function<void()> answer);

  private:
    void run();
    void wake();
    bool is_stopping();
    void answer_questions();
    int wait_ms() const;
    void accept_connections();
    bool accept_one();
    void hand_over(UniqueFd fd, const sockaddr_storage& address, Admission::Slot slot,
                   bool is_proxied);
    void evict_one();
    void pause_accepting();
    void resume_accepting();

    const std::string name_;
    UniqueFd listener_;
    std::optional<CertificateWatch> certificate_;
    const Proxies proxies_;
    Admission& admission_;
    Counters& counters_;
    std::vector<std::unique_ptr<Worker>>& workers_;
    std::size_t next_worker_ = 0;
    std::size_t next_eviction_ = 0;

    UniqueFd epoll_;
    UniqueFd wake_;
    std::mutex mutex_;
    std::vector<std::function<void()>> questions_;  // guarded by mutex_
    bool is_stopping_ = false;                      // guarded by mutex_
    std::int64_t now_ms_ = 0;
    std::int64_t resume_at_ms_ = 0;  // 0 = accepting
    std::int64_t next_complaint_ms_ = 0;
    std::thread thread_;
};

}  // namespace gatehouse::edge
