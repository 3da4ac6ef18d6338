// Inbox: the only way from other threads to a worker: new connections, answers and the owner's
// orders, in order. An eventfd in the worker's reactor wakes it once for any number of messages.
// Shared, because a Responder may outlive the server; what comes after stop() is dropped.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "base/unique_fd.hpp"
#include "edge/admission.hpp"
#include "edge/http_server.hpp"
#include "edge/tls_context.hpp"

namespace gatehouse::edge {

// Names one connection for good: the descriptor finds it, the serial says whether it is still the
// same one. A reused descriptor can never be given another client's answer.
struct ConnectionId {
    int fd = -1;
    std::uint64_t serial = 0;
};

struct NewConnection {
    UniqueFd fd;
    SslContextPtr context;  // for its handshake; null for plain TCP
    sockaddr_storage address{};
    Admission::Slot slot;
    std::int64_t accepted_ms = 0;  // steady
    bool is_proxied = false;       // it begins with a PROXY header
};

struct Answer {
    ConnectionId connection;
    std::uint64_t request = 0;  // counts the connection's requests from 0
    HttpResponse response;
};

enum class Order {
    kDrain,
    kStop,
    kEvict,  // closes the stranger that has been idle for the longest time
};

// Whether the worker still turns: it calls `answer`.
struct Question {
    std::function<void()> answer;
};

using Message = std::variant<NewConnection, Answer, Order, Question>;

class Inbox {
  public:
    Inbox();

    // Readable when there are messages. [worker thread]
    int wake_fd() const { return wake_fd_.get(); }

    // From now on messages of the calling thread do not wake the worker: it looks by itself.
    // [worker thread]
    void adopt_by_this_thread();

    // [any thread]
    void push(Message message);

    // Replaces the content of `into` by the messages that came. [worker thread]
    void take(std::vector<Message>& into);

    // Drops what is there and all that comes. [worker thread]
    void stop();

  private:
    UniqueFd wake_fd_;
    std::mutex mutex_;
    std::vector<Message> messages_;
    bool awake_ = false;
    bool stopped_ = false;
};

// Makes the Responder of one request.
Responder make_responder(std::shared_ptr<Inbox> inbox, ConnectionId connection,
                         std::uint64_t request);

}  // namespace gatehouse::edge
