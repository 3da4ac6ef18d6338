#include "edge/http_server.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <system_error>

#include "base/clock.hpp"
#include "edge/acceptor.hpp"
#include "edge/admission.hpp"
#include "edge/certificate_watch.hpp"
#include "edge/counters.hpp"
#include "edge/networks.hpp"
#include "edge/socket_address.hpp"
#include "edge/ticket_keys.hpp"
#include "edge/worker.hpp"
#include "observe/log.hpp"

namespace gatehouse::edge {

namespace {

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

Random& system_random() {
    static SystemRandom random;
    return random;
}

constexpr std::size_t kPendingPart = 4;  // of the connections, so many may be shaking hands

AdmissionLimits admission_limits(const ServerOptions& options) {
    // Without TLS there is no handshake that would cost something.
    const int rate = options.tls ? options.limits.handshakes_per_address : 0;
    const ServerLimits& limits = options.limits;
    // However small the budget, it must have room for one body.
    return {limits.connections, limits.connections_per_address, static_cast<double>(rate),
            std::max(limits.bodies_bytes, 2 * limits.body_bytes)};
}

template <typename Counts>
std::uint64_t sum(const Counts& counts) {
    std::uint64_t sum = 0;
    for (const Count& count : counts) {
        sum += count.value();
    }
    return sum;
}

class Server final : public HttpServer {
  public:
    // Throws std::system_error when descriptors or threads run out.
    Server(const ServerOptions& options, HttpHandler& handler, Listener listener,
           std::optional<CertificateWatch> certificate, std::unique_ptr<TicketKeys> tickets,
           Networks proxies)
        : name_(options.name),
          limits_(options.limits),
          port_(listener.port),
          tickets_(std::move(tickets)),
          counters_(options.metrics),
          admission_(admission_limits(options), counters_.open) {
        counters_.on_full = options.on_full;
        const auto of_all = static_cast<std::size_t>(options.workers);
        const std::size_t max_handshakes = limits_.connections / kPendingPart / of_all + 1;
        for (int i = 0; i < options.workers; ++i) {
            workers_.push_back(std::make_unique<Worker>(name_ + "-" + std::to_string(i), limits_,
                                                        max_handshakes, handler, admission_,
                                                        counters_));
        }
        acceptor_ = std::make_unique<Acceptor>(
            name_, std::move(listener.fd), std::move(certificate),
            Proxies{std::move(proxies), options.proxy_protocol}, admission_, counters_, workers_);
    }

    ~Server() override { drain(0); }

    std::uint16_t port() const override { return port_; }

    void drain(int grace_ms) override {
        if (!acceptor_) return;
        acceptor_.reset();
        if (grace_ms > 0) {
            for (const auto& worker : workers_) {
                worker->push(Order::kDrain);
            }
            const bool empty = admission_.wait_until_empty(std::chrono::milliseconds(grace_ms));
            if (!empty) {
                observe::warn(name_, "closing connections that did not end in time",
                              {{"connections", admission_.count()}});
            }
        }
        workers_.clear();
    }

    void on_turn(std::function<void()> answer) override {
        if (!acceptor_) return;
        auto left = std::make_shared<std::atomic<std::size_t>>(workers_.size() + 1);
        const auto turned = [left, answer = std::move(answer)] {
            if (--*left == 0) answer();
        };
        acceptor_->ask(turned);
        for (const auto& worker : workers_)
            worker->push(Question{turned});
    }

    ServerStats stats() const override {
        ServerStats stats;
        stats.connections = admission_.count();
        stats.accepted_total = counters_.accepted.value();
        stats.refused_total = sum(counters_.refused);
        stats.evicted_total = counters_.evicted.value();
        stats.handshake_failed_total = counters_.handshake_failed.value();
        stats.handshake_dropped_total = counters_.handshake_dropped.value();
        stats.timed_out_total = sum(counters_.timed_out);
        stats.bad_requests_total = counters_.bad_requests.value();
        stats.unwelcome_total = counters_.unwelcome.value();
        stats.requests_total = counters_.requests.value();
        stats.is_refusing = counters_.is_full(system_clock().steady_ns() / 1'000'000);
        stats.certificate_not_after_ms = counters_.certificate_not_after_ms;
        return stats;
    }

  private:
    const std::string name_;
    const ServerLimits limits_;
    const std::uint16_t port_;
    const std::unique_ptr<TicketKeys> tickets_;  // outlives all contexts and connections
    Counters counters_;
    Admission admission_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<Acceptor> acceptor_;
};

class TakenPort final : public HttpPort {
  public:
    TakenPort(ServerOptions options, std::unique_ptr<TicketKeys> tickets,
              std::optional<CertificateWatch> certificate, Networks proxies, Listener listener)
        : options_(std::move(options)),
          tickets_(std::move(tickets)),
          proxies_(std::move(proxies)),
          certificate_(std::move(certificate)),
          listener_(std::move(listener)) {}

    std::uint16_t port() const override { return listener_.port; }

    // Throws what the server's constructor throws.
    std::unique_ptr<HttpServer> serve(HttpHandler& handler) {
        return std::make_unique<Server>(options_, handler, std::move(listener_),
                                        std::move(certificate_), std::move(tickets_),
                                        std::move(proxies_));
    }

    const ServerOptions& options() const { return options_; }

  private:
    const ServerOptions options_;
    std::unique_ptr<TicketKeys> tickets_;  // outlives the certificate's context
    Networks proxies_;
    std::optional<CertificateWatch> certificate_;
    Listener listener_;
};

}  // namespace

Result<std::unique_ptr<HttpPort>> take_http_port(const ServerOptions& options) {
    if (options.workers < 1) return fail(ErrorKind::kInvalid, "an HTTP server needs a worker");

    auto proxies = Networks::read(options.trusted_proxies);
    if (!proxies) return tl::unexpected<Error>(std::move(proxies).error());
    std::unique_ptr<TicketKeys> tickets;
    std::optional<CertificateWatch> certificate;
    if (options.tls) {
        tickets = std::make_unique<TicketKeys>(options.ticket_keys, options.name, system_clock(),
                                               system_random());
        auto opened = CertificateWatch::open(*options.tls, options.name, tickets.get());
        if (!opened) return tl::unexpected<Error>(std::move(opened).error());
        certificate.emplace(std::move(*opened));
    }
    auto listener = listen_on(options.address, options.port);
    if (!listener) return tl::unexpected<Error>(std::move(listener).error());
    return std::make_unique<TakenPort>(options, std::move(tickets), std::move(certificate),
                                       std::move(*proxies), std::move(*listener));
}

Result<std::unique_ptr<HttpServer>> start_http_server(std::unique_ptr<HttpPort> port,
                                                      HttpHandler& handler) {
    auto& taken = static_cast<TakenPort&>(*port);  // there is no other kind
    const ServerOptions& options = taken.options();
    try {
        auto server = taken.serve(handler);
        observe::info(options.name, "listening",
                      {{"address", options.address}, {"port", server->port()}});
        return server;
    } catch (const std::exception& error) {
        return fail(ErrorKind::kInternal, std::string("cannot start to serve: ") + error.what());
    }
}

Result<std::unique_ptr<HttpServer>> start_http_server(const ServerOptions& options,
                                                      HttpHandler& handler) {
    auto port = take_http_port(options);
    if (!port) return tl::unexpected<Error>(std::move(port).error());
    return start_http_server(std::move(*port), handler);
}

}  // namespace gatehouse::edge
