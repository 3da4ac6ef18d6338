#include "edge/http_server.hpp"

#include <chrono>
#include <system_error>

#include "edge/acceptor.hpp"
#include "edge/admission.hpp"
#include "edge/certificate_watch.hpp"
#include "edge/counters.hpp"
#include "edge/socket_address.hpp"
#include "edge/worker.hpp"
#include "observe/log.hpp"

namespace gatehouse::edge {

namespace {

class Server final : public HttpServer {
  public:
    // Throws std::system_error when descriptors or threads run out.
    Server(const ServerOptions& options, HttpHandler& handler, Listener listener,
           std::optional<CertificateWatch> certificate)
        : name_(options.name),
          limits_(options.limits),
          port_(listener.port),
          admission_(limits_.connections, limits_.connections_per_address) {
        for (int i = 0; i < options.workers; ++i) {
            workers_.push_back(std::make_unique<Worker>(name_ + "-" + std::to_string(i), limits_,
                                                        handler, counters_));
        }
        acceptor_ =
            std::make_unique<Acceptor>(name_, std::move(listener.fd), std::move(certificate),
                                       limits_, admission_, counters_, workers_);
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

    ServerStats stats() const override {
        ServerStats stats;
        stats.connections = admission_.count();
        stats.accepted_total = counters_.accepted;
        stats.refused_total = counters_.refused;
        stats.handshake_failed_total = counters_.handshake_failed;
        stats.timed_out_total = counters_.timed_out;
        stats.bad_requests_total = counters_.bad_requests;
        stats.requests_total = counters_.requests;
        stats.certificate_not_after_ms = counters_.certificate_not_after_ms;
        return stats;
    }

  private:
    const std::string name_;
    const ServerLimits limits_;
    const std::uint16_t port_;
    Counters counters_;
    Admission admission_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> start_http_server(const ServerOptions& options,
                                                      HttpHandler& handler) {
    if (options.workers < 1) return fail(ErrorKind::kInvalid, "an HTTP server needs a worker");

    std::optional<CertificateWatch> certificate;
    if (options.tls) {
        auto opened = CertificateWatch::open(*options.tls, options.name);
        if (!opened) return tl::unexpected<Error>(std::move(opened).error());
        certificate.emplace(std::move(*opened));
    }
    auto listener = listen_on(options.address, options.port);
    if (!listener) return tl::unexpected<Error>(std::move(listener).error());

    try {
        auto server = std::make_unique<Server>(options, handler, std::move(*listener),
                                               std::move(certificate));
        observe::info(options.name, "listening",
                      {{"address", options.address}, {"port", server->port()}});
        return server;
    } catch (const std::exception& error) {
        return fail(ErrorKind::kInternal, std::string("cannot start to serve: ") + error.what());
    }
}

}  // namespace gatehouse::edge
