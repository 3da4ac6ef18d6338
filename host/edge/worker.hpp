// Worker: one thread with one Pistache reactor and the connections that were given to it. All that
// concerns a connection happens on its worker's thread; other threads reach it by the inbox.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <thread>

#include "edge/counters.hpp"
#include "edge/http_server.hpp"
#include "edge/inbox.hpp"

namespace gatehouse::edge {

class Worker {
  public:
    // `limits`, `handler`, `admission` and `counters` outlive the worker. No more than
    // `max_handshakes` of strangers are pending; the oldest is dropped. Throws when descriptors run
    // out.
    Worker(const std::string& name, const ServerLimits& limits, std::size_t max_handshakes,
           HttpHandler& handler, Admission& admission, Counters& counters);

    // Stops: connections that are still open are closed.
    ~Worker();

    // [any thread]
    void push(Message message);

  private:
    class Reactor;

    std::shared_ptr<Inbox> inbox_;
    std::unique_ptr<Reactor> reactor_;
    std::thread thread_;
};

}  // namespace gatehouse::edge
