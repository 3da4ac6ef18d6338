#include "edge/acceptor.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
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

constexpr int kMaxEvents = 2;
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
                   std::optional<CertificateWatch> certificate, Proxies proxies,
                   Admission& admission, Counters& counters,
                   std::vector<std::unique_ptr<Worker>>& workers)
    : name_(name),
      listener_(std::move(listener)),
      certificate_(std::move(certificate)),
      proxies_(std::move(proxies)),
      admission_(admission),
      counters_(counters),
      workers_(workers),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC))),
      wake_(checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))) {
    if (!watch(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), EPOLLIN) ||
        !watch(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), EPOLLIN)) {
        throw std::system_error(errno, std::generic_category(), "acceptor");
    }
    if (certificate_) counters_.note_certificate(certificate_->not_after_ms());
    thread_ = start_thread(name_ + "-accept", [this] { run(); });
}

Acceptor::~Acceptor() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    wake();
    thread_.join();
}

void Acceptor::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

void Acceptor::ask(std::function<void()> answer) {
    {
        const std::lock_guard lock(mutex_);
        questions_.push_back(std::move(answer));
    }
    wake();
}

void Acceptor::answer_questions() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t read = ::read(wake_.get(), &count, sizeof count);
    std::vector<std::function<void()>> questions;
    {
        const std::lock_guard lock(mutex_);
        questions.swap(questions_);
    }
    for (const auto& answer : questions)
        answer();
}

bool Acceptor::is_stopping() {
    const std::lock_guard lock(mutex_);
    return is_stopping_;
}

void Acceptor::run() {
    std::array<epoll_event, kMaxEvents> events{};
    for (;;) {
        const int count = ::epoll_wait(epoll_.get(), events.data(), kMaxEvents, wait_ms());
        now_ms_ = steady_ms();
        for (int i = 0; i < count; ++i) {
            if (events[static_cast<std::size_t>(i)].data.fd == listener_.get()) {
                accept_connections();
                continue;
            }
            if (is_stopping()) return;
            answer_questions();
        }
        if (resume_at_ms_ != 0 && resume_at_ms_ <= now_ms_) resume_accepting();
    }
}

int Acceptor::wait_ms() const {
    if (resume_at_ms_ == 0) return -1;
    return static_cast<int>(std::clamp<std::int64_t>(resume_at_ms_ - steady_ms(), 0, 60'000));
}

// The listening socket stays readable, so the rest has its turn with a new look at the clock.
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
            evict_one();
            pause_accepting();
        }
        // A client that went away before it was accepted is no reason to stop.
        return errno == ECONNABORTED || errno == EINTR;
    }
    const bool is_proxy = proxies_.networks.contain(address);
    auto admitted =
        is_proxy ? admission_.admit_proxy() : admission_.admit(address_key(address), now_ms_);
    if (admission_.is_crowded()) evict_one();
    if (const auto* refusal = std::get_if<Refusal>(&admitted)) {
        counters_.refuse(*refusal, now_ms_);
        return true;
    }
    hand_over(std::move(fd), address, std::move(std::get<Admission::Slot>(admitted)),
              is_proxy && proxies_.send_header);
    return true;
}

void Acceptor::hand_over(UniqueFd fd, const sockaddr_storage& address, Admission::Slot slot,
                         bool is_proxied) {
    counters_.accepted.add();
    const int on = 1;
    // Without it a TLS reply waits 40 ms for the client's delayed acknowledgement.
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SslContextPtr context;
    if (certificate_) {
        context = share(certificate_->current(now_ms_));
        counters_.note_certificate(certificate_->not_after_ms());
    }
    next_worker_ = (next_worker_ + 1) % workers_.size();
    workers_[next_worker_]->push(NewConnection{std::move(fd), std::move(context), address,
                                               std::move(slot), now_ms_, is_proxied});
}

// Connections are dealt in turn, and so are evictions: what is the longest idle for one worker is
// about that for all.
void Acceptor::evict_one() {
    next_eviction_ = (next_eviction_ + 1) % workers_.size();
    workers_[next_eviction_]->push(Order::kEvict);
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
