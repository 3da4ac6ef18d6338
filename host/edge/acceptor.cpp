#include "edge/acceptor.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/clock.hpp"
#include "edge/socket_address.hpp"
#include "edge/threads.hpp"
#include "observe/log.hpp"

namespace gatehouse::edge {

namespace {

constexpr int kMaxEvents = 256;
constexpr int kAcceptsInARow = 64;
constexpr std::int64_t kPauseMs = 100;
constexpr std::int64_t kComplainEveryMs = 60'000;

std::int64_t steady_ms() {
    return SystemClock().steady_ns() / 1'000'000;
}

bool watch(int epoll, int operation, int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return ::epoll_ctl(epoll, operation, fd, &event) == 0;
}

UniqueFd checked(int fd) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "acceptor");
    return UniqueFd(fd);
}

}  // namespace

Acceptor::Acceptor(const std::string& name, UniqueFd listener,
                   std::optional<CertificateWatch> certificate, const ServerLimits& limits,
                   Admission& admission, Counters& counters,
                   std::vector<std::unique_ptr<Worker>>& workers)
    : name_(name),
      listener_(std::move(listener)),
      certificate_(std::move(certificate)),
      limits_(limits),
      admission_(admission),
      counters_(counters),
      workers_(workers),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC))),
      stop_(checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))) {
    if (!watch(epoll_.get(), EPOLL_CTL_ADD, stop_.get(), EPOLLIN) ||
        !watch(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), EPOLLIN)) {
        throw std::system_error(errno, std::generic_category(), "acceptor");
    }
    if (certificate_) counters_.certificate_not_after_ms = certificate_->not_after_ms();
    thread_ = start_thread(name_ + "-accept", [this] { run(); });
}

Acceptor::~Acceptor() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(stop_.get(), &one, sizeof one);
    thread_.join();
}

void Acceptor::run() {
    std::array<epoll_event, kMaxEvents> events{};
    for (;;) {
        const int count = ::epoll_wait(epoll_.get(), events.data(), kMaxEvents, wait_ms());
        now_ms_ = steady_ms();
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            if (fd == stop_.get()) return;
            if (fd == listener_.get()) {
                accept_connections();
            } else {
                continue_handshake(fd);
            }
        }
        drop_overdue();
        if (resume_at_ms_ != 0 && resume_at_ms_ <= now_ms_) resume_accepting();
    }
}

int Acceptor::wait_ms() const {
    std::optional<std::int64_t> next = deadlines_.earliest_ms();
    if (resume_at_ms_ != 0) next = std::min(next.value_or(resume_at_ms_), resume_at_ms_);
    if (!next) return -1;
    return static_cast<int>(std::clamp<std::int64_t>(*next - steady_ms(), 0, 60'000));
}

// The listening socket stays readable, so the rest has its turn after the handshakes under way.
void Acceptor::accept_connections() {
    for (int i = 0; i < kAcceptsInARow; ++i) {
        if (!accept_one()) return;
    }
}

// Whether there may be more.
bool Acceptor::accept_one() {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    UniqueFd fd(
        ::accept4(listener_.get(), as_sockaddr(address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.is_open()) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            pause_accepting();
        }
        // A client that went away before it was accepted is no reason to stop.
        return errno == ECONNABORTED || errno == EINTR;
    }
    auto slot = admission_.admit(address_key(address));
    if (!slot) {
        counters_.refused.fetch_add(1, std::memory_order_relaxed);
        return true;
    }
    counters_.accepted.fetch_add(1, std::memory_order_relaxed);
    const int on = 1;
    // Without it a TLS reply waits 40 ms for the client's delayed acknowledgement.
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    begin({std::move(fd), nullptr, address, std::move(*slot)});
    return true;
}

void Acceptor::begin(NewConnection connection) {
    if (!certificate_) {
        hand_over(std::move(connection));
        return;
    }
    SSL_CTX* context = certificate_->current(now_ms_);
    counters_.certificate_not_after_ms = certificate_->not_after_ms();

    const int fd = connection.fd.get();
    connection.ssl.reset(SSL_new(context));
    if (!connection.ssl || SSL_set_fd(connection.ssl.get(), fd) != 1) return;
    SSL_set_accept_state(connection.ssl.get());
    if (!watch(epoll_.get(), EPOLL_CTL_ADD, fd, EPOLLIN)) return;
    handshakes_.emplace(fd, Handshake{std::move(connection)});
    deadlines_.no_later_than(fd, now_ms_ + limits_.handshake_ms);
    continue_handshake(fd);
}

void Acceptor::continue_handshake(int fd) {
    const auto found = handshakes_.find(fd);
    if (found == handshakes_.end()) return;
    Handshake& handshake = found->second;

    ERR_clear_error();
    SSL* ssl = handshake.connection.ssl.get();
    const int returned = SSL_do_handshake(ssl);
    const int error = returned == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, returned);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        const bool wants_write = error == SSL_ERROR_WANT_WRITE;
        if (wants_write != handshake.wants_write) {
            handshake.wants_write = wants_write;
            watch(epoll_.get(), EPOLL_CTL_MOD, fd, wants_write ? EPOLLOUT : EPOLLIN);
        }
        return;
    }

    NewConnection connection = std::move(handshake.connection);
    handshakes_.erase(found);
    deadlines_.forget(fd);
    watch(epoll_.get(), EPOLL_CTL_DEL, fd, 0);
    if (error == SSL_ERROR_NONE) {
        hand_over(std::move(connection));
    } else {
        counters_.handshake_failed.fetch_add(1, std::memory_order_relaxed);
    }
}

void Acceptor::drop_overdue() {
    while (const auto fd = deadlines_.take_due(now_ms_)) {
        handshakes_.erase(*fd);
        counters_.timed_out.fetch_add(1, std::memory_order_relaxed);
    }
}

void Acceptor::hand_over(NewConnection connection) {
    next_worker_ = (next_worker_ + 1) % workers_.size();
    workers_[next_worker_]->push(std::move(connection));
}

// Without descriptors the listening socket stays readable for good; asking again at once would
// spin. The clients wait in the kernel's queue meanwhile.
void Acceptor::pause_accepting() {
    watch(epoll_.get(), EPOLL_CTL_MOD, listener_.get(), 0);
    resume_at_ms_ = now_ms_ + kPauseMs;
    if (now_ms_ < next_complaint_ms_) return;
    next_complaint_ms_ = now_ms_ + kComplainEveryMs;
    observe::warn(name_, "no descriptors left for new connections");
}

void Acceptor::resume_accepting() {
    resume_at_ms_ = 0;
    watch(epoll_.get(), EPOLL_CTL_MOD, listener_.get(), EPOLLIN);
}

}  // namespace gatehouse::edge
