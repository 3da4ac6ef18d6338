#include "edge/worker.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

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
              HttpHandler& handler, Counters& counters, std::shared_ptr<Inbox> inbox)
        : Pistache::Tcp::Transport(engine),
          context_{limits, handler, counters, *engine, std::move(inbox), {}, {}, 0, false},
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
        // Handlers that answer at once do it here; so may requests that a settled connection took.
        for (context_.inbox->take(messages_); !messages_.empty(); context_.inbox->take(messages_)) {
            for (Message& message : messages_) {
                std::visit([this](auto& content) { receive(content); }, message);
            }
            settle_touched();
        }
        arm_timer();
    }

  private:
    Connection* find(int fd) {
        const auto found = connections_.find(fd);
        return found == connections_.end() ? nullptr : found->second.get();
    }

    void touch(Connection& connection) {
        if (std::exchange(connection.touched, true)) return;
        touched_.push_back(&connection);
    }

    void tell(Connection& connection, const Pistache::Aio::FdSet::Entry& event) {
        touch(connection);
        if (event.isReadable()) connection.on_readable();
        if (event.isWritable()) connection.on_writable();
        // The kernel reports a dead connection even to one who asked for nothing; Pistache passes
        // EPOLLERR on as an event without any flag.
        const bool is_known = event.isReadable() || event.isWritable();
        if (!is_known || (event.isHangup() && !connection.wants_read())) connection.on_broken();
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
        added.on_readable();
        touch(added);
    }

    // Throws what Pistache throws when the kernel refuses.
    std::unique_ptr<Connection> take_over(NewConnection& arrival) {
        const int fd = arrival.fd.get();
        const auto from = Pistache::Address::fromUnix(as_sockaddr(arrival.address));
        const PeerPtr peer = arrival.ssl
                                 ? Pistache::Tcp::Peer::CreateSSL(fd, from, arrival.ssl.get())
                                 : Pistache::Tcp::Peer::Create(fd, from);
        static_cast<void>(arrival.ssl.release());  // the peer frees it
        handleNewPeer(peer);
        reactor()->modifyFd(key(), fd, NotifyOn::Read, tag_of(fd), Mode::Level);
        auto connection =
            std::make_unique<Connection>(context_, ConnectionId{fd, ++serial_}, peer,
                                         address_text(arrival.address), std::move(arrival.slot));
        connection->interest = kRead;
        return connection;
    }

    void receive(Answer& answer) {
        Connection* connection = find(answer.connection.fd);
        if (connection == nullptr || connection->id().serial != answer.connection.serial) return;
        connection->on_answer(answer.request, std::move(answer.response));
        touch(*connection);
    }

    void receive(Order order) {
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
        for (Connection* connection : touched_) {
            connection->touched = false;
            connection->flush();
            settle(*connection);
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

    void remove(const Connection& connection) {
        const int fd = connection.id().fd;
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

    ConnectionContext context_;
    UniqueFd timer_;
    std::int64_t armed_for_ms_ = 0;
    Deadlines deadlines_;
    std::unordered_map<int, std::unique_ptr<Connection>> connections_;
    std::vector<Connection*> touched_;
    std::vector<Message> messages_;
    std::uint64_t serial_ = 0;
};

}  // namespace

class Worker::Reactor {
  public:
    Reactor(const ServerLimits& limits, HttpHandler& handler, Counters& counters,
            const std::shared_ptr<Inbox>& inbox)
        : engine_(std::make_shared<Engine>(limits.head_bytes + kRequestLineRoom)),
          transport_(std::make_shared<Transport>(engine_, limits, handler, counters, inbox)),
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

Worker::Worker(const std::string& name, const ServerLimits& limits, HttpHandler& handler,
               Counters& counters)
    : inbox_(std::make_shared<Inbox>()),
      reactor_(std::make_unique<Reactor>(limits, handler, counters, inbox_)),
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
