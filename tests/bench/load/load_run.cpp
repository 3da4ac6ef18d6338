// One thread, one epoll, OpenSSL without blocking: the generator must cost little beside the server
// that it measures.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <deque>
#include <memory>
#include <stdexcept>
#include <thread>

#include "base/unique_fd.hpp"
#include "load/load_plan.hpp"
#include "support/webhook_signature.hpp"

namespace gatehouse::bench {
namespace {

using Clock = std::chrono::steady_clock;

const std::string kSeedsData = R"({"jobId":"5bf540e8d986a91cd713affe"})";
constexpr Clock::duration kLongestWait = std::chrono::seconds(1);

struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct ContextFree {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

struct SessionFree {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
struct BioFree {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};

// One lane of the load: a connection that is made again when it is used up.
struct Lane {
    UniqueFd fd;
    std::unique_ptr<SSL, SslFree> ssl;
    std::unique_ptr<SSL_SESSION, SessionFree> session;  // the last one that the server gave it
    bool is_shaken = false;
    bool is_busy = false;
    std::size_t request = 0;
    std::size_t written = 0;
    std::string answer;
    Clock::time_point due;
};

class Run {
  public:
    explicit Run(const LoadPlan& plan)
        : plan_(plan), requests_(make_requests(plan)), context_(SSL_CTX_new(TLS_client_method())) {
        epoll_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
        // What is measured is the server; whose certificate it is does not matter here.
        SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
        SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
        lanes_.resize(static_cast<std::size_t>(plan.connections));
        if (plan.is_resumed) keep_sessions();
    }

    ~Run() {
        if (!plan_.session_file.empty()) write_session();
    }

    LoadReport go() {
        if (!plan_.is_connection_each) {
            warm_up();
        }
        started_ = Clock::now();
        if (plan_.start_at_us > 0) await_start();
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
            give_work(lane);
        }
        while (ended_ < requests_.size()) {
            turn();
        }
        report_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
        return std::move(report_);
    }

  private:
    // The server's tickets come after the handshake, with the first bytes that are read.
    void keep_sessions() {
        SSL_CTX_set_session_cache_mode(context_.get(),
                                       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(context_.get(), [](SSL* ssl, SSL_SESSION* session) {
            static_cast<Lane*>(SSL_get_app_data(ssl))->session.reset(session);
            return 1;
        });
        if (plan_.session_file.empty()) return;
        const std::unique_ptr<BIO, BioFree> file(BIO_new_file(plan_.session_file.c_str(), "r"));
        if (!file) return;
        const std::unique_ptr<SSL_SESSION, SessionFree> first(
            PEM_read_bio_SSL_SESSION(file.get(), nullptr, nullptr, nullptr));
        for (Lane& lane : lanes_)
            lane.session.reset(SSL_SESSION_dup(first.get()));
    }

    void write_session() const {
        const std::unique_ptr<BIO, BioFree> file(BIO_new_file(plan_.session_file.c_str(), "w"));
        const SSL_SESSION* last = lanes_.front().session.get();
        if (file && last != nullptr) PEM_write_bio_SSL_SESSION(file.get(), last);
    }

    void warm_up() {
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
            open(lane);
        }
        std::size_t shaken = 0;
        while (shaken < lanes_.size()) {
            turn();
            shaken = 0;
            for (const Lane& lane : lanes_) {
                shaken += lane.is_shaken ? 1U : 0U;
            }
        }
    }

    void await_start() {
        const Clock::time_point start{std::chrono::microseconds(plan_.start_at_us)};
        if (start < started_) throw std::runtime_error("not ready when it had to start");
        std::this_thread::sleep_until(start);
        started_ = start;
    }

    Clock::time_point due_of(std::size_t request) const {
        return started_ + std::chrono::nanoseconds(static_cast<std::int64_t>(
                              static_cast<double>(request) * 1e9 / plan_.rate_per_s));
    }

    void open(std::size_t index) {
        Lane& lane = lanes_[index];
        lane.ssl.reset();
        lane.is_shaken = false;
        lane.fd = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        const int on = 1;
        ::setsockopt(lane.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(plan_.port);
        ::inet_pton(AF_INET, plan_.host.c_str(), &address.sin_addr);
        const int result =
            ::connect(lane.fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
        if (result != 0 && errno != EINPROGRESS) {
            throw std::runtime_error("cannot connect");
        }
        lane.ssl.reset(SSL_new(context_.get()));
        SSL_set_fd(lane.ssl.get(), lane.fd.get());
        SSL_set_connect_state(lane.ssl.get());
        SSL_set_app_data(lane.ssl.get(), &lane);
        if (lane.session) SSL_set_session(lane.ssl.get(), lane.session.get());
        watch(index, EPOLL_CTL_ADD, EPOLLOUT);
    }

    void watch(std::size_t index, int operation, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.u64 = index;
        ::epoll_ctl(epoll_.get(), operation, lanes_[index].fd.get(), &event);
    }

    // The lane's next request, if any is left.
    void give_work(std::size_t index) {
        Lane& lane = lanes_[index];
        if (next_ == requests_.size()) {
            return;
        }
        if (plan_.rate_per_s > 0) {
            const auto due = due_of(next_);
            if (due > Clock::now()) {
                idle_.push_back(index);
                return;
            }
            lane.due = due;
        } else {
            lane.due = Clock::now();
        }
        lane.request = next_++;
        lane.written = 0;
        lane.answer.clear();
        lane.is_busy = true;
        if (plan_.is_connection_each || lane.ssl == nullptr) {
            open(index);
            return;
        }
        progress(index);
    }

    void turn() {
        std::array<epoll_event, 64> events{};
        const timespec wait = time_to_wait();
        const int count =
            ::epoll_pwait2(epoll_.get(), events.data(), events.size(), &wait, nullptr);
        for (int i = 0; i < count; ++i) {
            progress(events[static_cast<std::size_t>(i)].data.u64);
        }
        std::size_t waiting = idle_.size();
        while (waiting-- > 0) {
            const std::size_t lane = idle_.front();
            idle_.pop_front();
            give_work(lane);
        }
    }

    // Until the next request is due, if a lane waits for it: the server needs the processor.
    timespec time_to_wait() const {
        const bool is_waiting = !idle_.empty() && next_ < requests_.size();
        const auto wait =
            is_waiting ? std::max<Clock::duration>(due_of(next_) - Clock::now(), {}) : kLongestWait;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait);
        return {seconds.count(), std::chrono::nanoseconds(wait - seconds).count()};
    }

    void progress(std::size_t index) {
        Lane& lane = lanes_[index];
        if (lane.ssl == nullptr) return;
        if (!lane.is_shaken) {
            const int result = SSL_do_handshake(lane.ssl.get());
            if (result != 1) return want(index, result);
            lane.is_shaken = true;
            report_.resumed += SSL_session_reused(lane.ssl.get());
        }
        if (!lane.is_busy) return watch(index, EPOLL_CTL_MOD, EPOLLIN);
        const std::string& request = requests_[lane.request];
        while (lane.written < request.size()) {
            const int result = SSL_write(lane.ssl.get(), request.data() + lane.written,
                                         static_cast<int>(request.size() - lane.written));
            if (result <= 0) return want(index, result);
            lane.written += static_cast<std::size_t>(result);
            watch(index, EPOLL_CTL_MOD, EPOLLIN);
        }
        read_answer(index);
    }

    void read_answer(std::size_t index) {
        Lane& lane = lanes_[index];
        std::array<char, 4096> buffer{};
        while (true) {
            const int result = SSL_read(lane.ssl.get(), buffer.data(), buffer.size());
            if (result <= 0) return want(index, result);
            lane.answer.append(buffer.data(), static_cast<std::size_t>(result));
            if (is_complete(lane.answer)) return end_request(index, false);
        }
    }

    static bool is_complete(const std::string& answer) {
        const std::size_t head_end = answer.find("\r\n\r\n");
        if (head_end == std::string::npos) return false;
        std::size_t at = answer.find("Content-Length: ");
        if (at == std::string::npos) at = answer.find("content-length: ");
        if (at == std::string::npos || at > head_end) return true;
        const std::size_t length = std::strtoul(answer.c_str() + at + 16, nullptr, 10);
        return answer.size() >= head_end + 4 + length;
    }

    void want(std::size_t index, int result) {
        const int error = SSL_get_error(lanes_[index].ssl.get(), result);
        if (error == SSL_ERROR_WANT_READ) return watch(index, EPOLL_CTL_MOD, EPOLLIN);
        if (error == SSL_ERROR_WANT_WRITE) return watch(index, EPOLL_CTL_MOD, EPOLLOUT);
        end_request(index, true);
    }

    void end_request(std::size_t index, bool has_failed) {
        Lane& lane = lanes_[index];
        if (lane.is_busy) {
            ++ended_;
            const auto took = Clock::now() - lane.due;
            report_.latency_us.push_back(
                std::chrono::duration_cast<std::chrono::microseconds>(took).count());
            if (has_failed) {
                ++report_.failed;
            } else {
                ++(lane.answer.compare(9, 3, "200") == 0 ? report_.answered_200
                                                         : report_.answered_other);
            }
        }
        lane.is_busy = false;
        if (has_failed || plan_.is_connection_each) {
            // OpenSSL takes up no session of a connection that it thinks was torn.
            SSL_set_shutdown(lane.ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
            lane.ssl.reset();
            lane.fd.reset();
        }
        give_work(index);
    }

    const LoadPlan& plan_;
    const std::vector<std::string> requests_;
    std::unique_ptr<SSL_CTX, ContextFree> context_;
    UniqueFd epoll_;
    std::vector<Lane> lanes_;
    std::deque<std::size_t> idle_;
    std::size_t next_ = 0;
    std::size_t ended_ = 0;
    Clock::time_point started_;
    LoadReport report_;
};

}  // namespace

std::vector<std::string> make_requests(const LoadPlan& plan) {
    std::vector<std::string> requests;
    requests.reserve(static_cast<std::size_t>(plan.requests));
    for (int i = 0; i < plan.requests; ++i) {
        const std::string body =
            R"({"id":")" + plan.id_prefix + "-" + std::to_string(i) +
            R"(","created":"2021-11-21T11:26:32.105Z","type":")" + plan.type + R"(","data":)" +
            (plan.data.empty() ? kSeedsData : plan.data.at(static_cast<std::size_t>(i))) + "}";
        requests.push_back("POST " + plan.path + " HTTP/1.1\r\nHost: " + plan.host +
                           "\r\nContent-Type: application/json;charset=UTF-8\r\nsg-signature: " +
                           test::storeganise_signature(plan.secret, body) +
                           "\r\nContent-Length: " + std::to_string(body.size()) +
                           (plan.is_connection_each ? "\r\nConnection: close" : "") + "\r\n\r\n" +
                           body);
    }
    return requests;
}

LoadReport run_load(const LoadPlan& plan) {
    return Run(plan).go();
}

}  // namespace gatehouse::bench
