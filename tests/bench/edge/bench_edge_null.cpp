// The edge with a handler that answers at once, for load from outside:
//
//   bench_edge_null [--port N] [--workers N] [--certificate FILE --key FILE | --plain]
//
// Without files it makes a certificate of its own. Prints the port, serves until a signal
// ends it.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "edge/certificate.hpp"
#include "edge/http_server.hpp"

namespace {

using namespace gatehouse::edge;

class Ok final : public HttpHandler {
  public:
    void handle(const HttpRequest&, Responder responder) noexcept override {
        responder.send({200, R"({"message":"ok"})"});
    }
};

}  // namespace

int main(int argc, char** argv) {
    ServerOptions options;
    TlsFiles files;
    bool plain = false;
    CLI::App app("the edge, answering at once");
    app.add_option("--port", options.port);
    app.add_option("--workers", options.workers);
    app.add_option("--certificate", files.certificate);
    app.add_option("--key", files.key);
    app.add_flag("--plain", plain);
    CLI11_PARSE(app, argc, argv);

    const TempDir directory;
    if (files.certificate.empty()) {
        files = write_certificate(directory.path(), make_certificate("localhost"));
    }
    if (!plain) options.tls = files;

    Ok handler;
    const auto server = start_http_server(options, handler);
    if (!server) {
        std::cerr << server.error().message << '\n';
        return 2;
    }
    std::cout << (*server)->port() << std::endl;
    ::pause();
    return 0;
}
