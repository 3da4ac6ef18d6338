// Pistache's own TLS listener with the same answer as bench_edge_null, for comparison:
//
//   bench_edge_stock [--port N] [--workers N] [--certificate FILE --key FILE]
//
// Prints the port, serves until a signal ends it.
#include <pistache/endpoint.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "edge/certificate.hpp"

namespace {

class Ok final : public Pistache::Http::Handler {
  public:
    HTTP_PROTOTYPE(Ok)

    void onRequest(const Pistache::Http::Request&,
                   Pistache::Http::ResponseWriter response) override {
        // Left alone, Pistache announces that it closes although it does not.
        response.headers().remove<Pistache::Http::Header::Connection>();
        response.headers().add<Pistache::Http::Header::Connection>(
            Pistache::Http::ConnectionControl::KeepAlive);
        response.send(Pistache::Http::Code::Ok, R"({"message":"ok"})",
                      Pistache::Http::Mime::MediaType("application/json"));
    }
};

}  // namespace

int main(int argc, char** argv) {
    std::uint16_t port = 0;
    int workers = 2;
    gatehouse::edge::TlsFiles files;
    CLI::App app("Pistache's own listener, answering at once");
    app.add_option("--port", port);
    app.add_option("--workers", workers);
    app.add_option("--certificate", files.certificate);
    app.add_option("--key", files.key);
    CLI11_PARSE(app, argc, argv);

    const gatehouse::edge::TempDir directory;
    if (files.certificate.empty()) {
        files = gatehouse::edge::write_certificate(directory.path(),
                                                   gatehouse::edge::make_certificate("localhost"));
    }

    using Flags = Pistache::Flags<Pistache::Tcp::Options>;
    using Option = Pistache::Tcp::Options;
    Pistache::Http::Endpoint endpoint(Pistache::Address("127.0.0.1", Pistache::Port(port)));
    endpoint.init(Pistache::Http::Endpoint::options().threads(workers).maxRequestSize(65536).flags(
        Flags(Option::ReuseAddr) | Option::NoDelay));
    endpoint.useSSL(files.certificate, files.key);
    endpoint.setHandler(Pistache::Http::make_handler<Ok>());
    endpoint.serveThreaded();
    std::cout << static_cast<std::uint16_t>(endpoint.getPort()) << std::endl;
    ::pause();
    endpoint.shutdown();
    return 0;
}
