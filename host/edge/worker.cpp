#include "edge/worker.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <list>
#include <new>
#include <system_error>
#include <unordered_map>

#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "edge/connection.hpp"
#include "edge/deadlines.hpp"
#include "edge/socket_address.hpp"
#include "edge/threads.hpp"
#include "observe/log.hpp"

namespace gatehouse::edge {

namespace {

using Pistache::Polling::Mode;
using Pistache::Polling::NotifyOn;
using Pistache::Polling::Tag;

constexpr std::size_t kReadBuffer = 64UL * 1024;
constexpr std::size_t kRequestLineRoom = 64;
// Strangers shake hands for so long before the others have their turn again.
constexpr std::int64_t kStrangersTurnNs = 4'000'000;
constexpr unsigned kRead = 1;
constexpr unsigned kWrite = 2;

Tag tag_of(int fd) {
    return Tag(static_cast<std::uint64_t>(fd));
}

std::int64_t steady_ms() {
    return SystemClock().steady_ns() / 1'000'000;
}

// The transport that is in the reactor. It keeps Pistache's peers but does their reading and
// writing itself, so none of the base class's queues is used and none is bound.
class Transport final : public Pistache::Tcp::Transport {
  public:
    Transport(const std::shared_ptr<Engine>& engine, const ServerLimits& limits,
              std::size_t max_handshakes, HttpHandler& handler, Admission& admission,
              Counters& counters, std::shared_ptr<Inbox> inbox)
        : Pistache::Tcp::Transport(engine),
          max_handshakes_(max_handshakes),
          context_{limits,           handler, admission, counters, *engine,
                   std::move(inbox), {},      {},        0,        false},
          timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
        if (!timer_.is_open()) throw std::system_error(errno, std::generic_category(), "timerfd");
        context_.buffer.resize(kReadBuffer);
    }

    void registerPoller(Pistache::Polling::Epoll&) override {}
    std::shared_ptr<Pistache::Aio::Handler> clone() const override { return nullptr; }

    // Once, before the reactor runs.
    void watch_own_descriptors() {
        for (const int fd : {context_.inbox->wake_fd(), timer_.get()}) {
            reactor()->registerFd(key(), fd, NotifyOn::Read, tag_of(fd), Mode::Level);
        }
    }

    void onReady(const Pistache::Aio::FdSet& events) override {
        context_.now_ms = steady_ms();
        for (const auto& event : events) {
            const int fd = static_cast<int>(event.getTag().value());
            if (fd == timer_.get()) {
                look_at_due();
            } else if (Connection* connection = find(fd)) {
                tell(*connection, event);
            }
        }
        settle_touched();
        read_messages();
        if (shake_hands_with_strangers()) read_messages();
        waiting_.clear();
        arm_timer();
    }

  private:
    // Handlers that answer at once do it here; so may requests that a settled connection took.
    void read_messages() {
        for (context_.inbox->take(messages_); !messages_.empty(); context_.inbox->take(messages_)) {
            for (Message& message : messages_) {
                std::visit([this](auto& content) { receive(content); }, message);
            }
            settle_touched();
        }
    }

    Connection* find(int fd) {
        const auto found = connections_.find(fd);
        return found == connections_.end() ? nullptr : found->second.get();
    }

    void touch(Connection& connection) {
        if (std::exchange(connection.touched, true)) return;
        touched_.push_back(&connection);
    }

    void tell(Connection& connection, const Pistache::Aio::FdSet::Entry& event) {
        if (connection.as_stranger) {
            strangers_.splice(strangers_.end(), strangers_, *connection.as_stranger);
        }
        const bool is_ready = event.isReadable() || event.isWritable();
        if (is_ready && must_wait(connection)) return;
        touch(connection);
        if (event.isReadable()) connection.on_readable();
        if (event.isWritable()) connection.on_writable();
        // The kernel reports a dead connection even to one who asked for nothing; Pistache passes
        // EPOLLERR on as an event without any flag.
        if (!is_ready || (event.isHangup() && !connection.wants_read())) connection.on_broken();
    }

    void receive(NewConnection& arrival) {
        const int fd = arrival.fd.get();
        try {
            connections_[fd] = take_over(arrival);
        } catch (const std::exception&) {
            connections_.erase(fd);
            peers.erase(fd);
            observe::warn("edge", "a connection could not be taken over");
            return;
        }
        static_cast<void>(arrival.fd.release());  // removePeer() closes it
        Connection& added = *connections_[fd];
        if (must_wait(added)) return settle(added);
        added.on_readable();
        touch(added);
    }

    // A stranger's handshake comes after all else: it costs more than a request does.
    bool must_wait(const Connection& connection) {
        if (!connection.is_shaking_hands() || connection.goes_first()) return false;
        waiting_.push_back(connection.id());
        return true;
    }

    // Whether there was one to go on with. Those without a turn are reported again: their bytes
    // are still in the socket.
    bool shake_hands_with_strangers() {
        if (waiting_.empty()) return false;
        const std::int64_t until_ns = SystemClock().steady_ns() + kStrangersTurnNs;
        for (const ConnectionId& id : waiting_) {
            Connection* connection = find(id.fd);
            if (connection == nullptr || connection->id().serial != id.serial) continue;
            connection->on_writable();
            touch(*connection);
            if (connection->as_pending) {  // who says nothing is dropped first
                handshakes_.splice(handshakes_.end(), handshakes_, *connection->as_pending);
            }
            if (SystemClock().steady_ns() >= until_ns) break;
        }
        settle_touched();
        return true;
    }

    void list_stranger(Connection& stranger) {
        stranger.as_stranger = strangers_.insert(strangers_.end(), &stranger);
        if (!stranger.is_shaking_hands()) return;
        if (handshakes_.size() >= max_handshakes_) {
            Connection& oldest = *handshakes_.front();
            context_.counters.handshake_dropped.add();
            unlist(handshakes_, oldest.as_pending);
            oldest.on_broken();
            touch(oldest);
        }
        stranger.as_pending = handshakes_.insert(handshakes_.end(), &stranger);
    }

    static void unlist(std::list<Connection*>& list, Connection::Place& place) {
        if (place) list.erase(*place);
        place.reset();
    }

    // Those that wait for an answer are none of the idle.
    void evict_one() {
        for (Connection* const stranger : strangers_) {
            if (stranger->awaits_answer()) continue;
            unlist(strangers_, stranger->as_stranger);
            stranger->on_evicted();
            touch(*stranger);
            return;
        }
    }

    // Throws what Pistache throws when the kernel refuses.
    std::unique_ptr<Connection> take_over(NewConnection& arrival) {
        const int fd = arrival.fd.get();
        const auto from = Pistache::Address::fromUnix(as_sockaddr(arrival.address));
        SslPtr ssl;
        if (arrival.context) {
            ssl.reset(SSL_new(arrival.context.get()));
            if (!ssl || SSL_set_fd(ssl.get(), fd) != 1) throw std::bad_alloc();
            SSL_set_accept_state(ssl.get());
        }
        const PeerPtr peer = ssl ? Pistache::Tcp::Peer::CreateSSL(fd, from, ssl.get())
                                 : Pistache::Tcp::Peer::Create(fd, from);
        static_cast<void>(ssl.release());  // the peer frees it
        handleNewPeer(peer);
        reactor()->modifyFd(key(), fd, NotifyOn::Read, tag_of(fd), Mode::Level);
        auto connection = std::make_unique<Connection>(
            context_, ConnectionId{fd, ++serial_}, peer, address_text(arrival.address),
            std::move(arrival.slot), arrival.accepted_ms, arrival.is_proxied);
        connection->interest = kRead;
        return connection;
    }

    void receive(Answer& answer) {
        Connection* connection = find(answer.connection.fd);
        if (connection == nullptr || connection->id().serial != answer.connection.serial) return;
        connection->on_answer(answer.request, std::move(answer.response));
        touch(*connection);
    }

    void receive(Question& question) { question.answer(); }

    void receive(Order order) {
        if (order == Order::kEvict) return evict_one();
        if (order == Order::kDrain) context_.draining = true;
        for (auto& [fd, connection] : connections_) {
            if (order == Order::kDrain) {
                connection->on_drain();
            } else {
                connection->on_broken();
            }
            touch(*connection);
        }
        if (order == Order::kStop) {
            context_.inbox->stop();
            reactor()->shutdown();
        }
    }

    void settle_touched() {
        // Settling one may touch others.
        for (std::size_t i = 0; i < touched_.size(); ++i) {
            Connection& connection = *touched_[i];
            connection.touched = false;
            connection.flush();
            settle(connection);
        }
        touched_.clear();
    }

    // Brings what the connection wants now to epoll and to the deadlines.
    void settle(Connection& connection) {
        const int fd = connection.id().fd;
        if (connection.is_finished()) {
            remove(connection);
            return;
        }
        if (!connection.is_shaking_hands()) unlist(handshakes_, connection.as_pending);
        if (!connection.is_stranger()) {
            unlist(strangers_, connection.as_stranger);
        } else if (!connection.as_stranger) {  // a proxy named it
            list_stranger(connection);
        }
        const unsigned interest =
            (connection.wants_read() ? kRead : 0) | (connection.wants_write() ? kWrite : 0);
        if (interest != connection.interest) {
            connection.interest = interest;
            const NotifyOn notify[] = {NotifyOn::None, NotifyOn::Read, NotifyOn::Write,
                                       NotifyOn::Read | NotifyOn::Write};
            reactor()->modifyFd(key(), fd, notify[interest], tag_of(fd), Mode::Level);
        }
        deadlines_.no_later_than(fd, connection.deadline_ms());
    }

    void remove(Connection& connection) {
        const int fd = connection.id().fd;
        unlist(handshakes_, connection.as_pending);
        unlist(strangers_, connection.as_stranger);
        deadlines_.forget(fd);
        removePeer(connection.peer());  // closes the descriptor
        connections_.erase(fd);
    }

    void look_at_due() {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t read = ::read(timer_.get(), &count, sizeof count);
        armed_for_ms_ = 0;
        while (const auto fd = deadlines_.take_due(context_.now_ms)) {
            Connection& connection = *find(*fd);
            connection.on_deadline();
            touch(connection);
        }
    }

    // A timer that rings too early costs one look; it is never moved back.
    void arm_timer() {
        const auto earliest = deadlines_.earliest_ms();
        if (!earliest || (armed_for_ms_ != 0 && armed_for_ms_ <= *earliest)) return;
        armed_for_ms_ = *earliest;
        itimerspec spec{};
        spec.it_value.tv_sec = armed_for_ms_ / 1000;
        spec.it_value.tv_nsec = armed_for_ms_ % 1000 * 1'000'000;
        ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
    }

    const std::size_t max_handshakes_;
    ConnectionContext context_;
    UniqueFd timer_;
    std::int64_t armed_for_ms_ = 0;
    Deadlines deadlines_;
    std::unordered_map<int, std::unique_ptr<Connection>> connections_;
    std::list<Connection*> strangers_;   // the one that was idle for the longest time first
    std::list<Connection*> handshakes_;  // of strangers, the longest silent first
    std::vector<ConnectionId> waiting_;  // strangers that could go on with their handshake
    std::vector<Connection*> touched_;
    std::vector<Message> messages_;
    std::uint64_t serial_ = 0;
};

}  // namespace

class Worker::Reactor {
  public:
    Reactor(const ServerLimits& limits, std::size_t max_handshakes, HttpHandler& handler,
            Admission& admission, Counters& counters, const std::shared_ptr<Inbox>& inbox)
        : engine_(std::make_shared<Engine>(limits.head_bytes + kRequestLineRoom)),
          transport_(std::make_shared<Transport>(engine_, limits, max_handshakes, handler,
                                                 admission, counters, inbox)),
          sink_(engine_) {
        reactor_.init();
        reactor_.addHandler(transport_);
        transport_->watch_own_descriptors();
    }

    void run() { reactor_.run(); }

  private:
    std::shared_ptr<Engine> engine_;
    std::shared_ptr<Transport> transport_;
    // After transport_: a transport's constructor binds the engine to itself, and the engine's
    // writers belong to this one.
    Pistache::Tcp::Transport sink_;
    Pistache::Aio::Reactor reactor_;
};

Worker::Worker(const std::string& name, const ServerLimits& limits, std::size_t max_handshakes,
               HttpHandler& handler, Admission& admission, Counters& counters)
    : inbox_(std::make_shared<Inbox>()),
      reactor_(
          std::make_unique<Reactor>(limits, max_handshakes, handler, admission, counters, inbox_)),
      thread_(start_thread(name, [this] {
          inbox_->adopt_by_this_thread();
          reactor_->run();
      })) {}

Worker::~Worker() {
    inbox_->push(Order::kStop);
    thread_.join();
}

void Worker::push(Message message) {
    inbox_->push(std::move(message));
}

}  // namespace gatehouse::edge
