// gatehouse-simulators: Storeganise and access vendors for tests, demos and measurements.
#include <sys/prctl.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <iostream>

#include "simulators/simulators.hpp"

namespace {

using gatehouse::simulators::Options;
using gatehouse::simulators::Simulators;

void add_options(CLI::App& app, Options& options, bool& is_unlimited) {
    app.add_option("--storeganise-port", options.storeganise_port, "0 = any");
    app.add_option("--kisi-port", options.kisi_port, "0 = any");
    app.add_option("--nuki-port", options.nuki_port, "0 = any");
    app.add_option("--unloc-port", options.unloc_port, "0 = any");
    app.add_option("--control-port", options.control_port, "0 = any; always plain http");
    auto* certificate = app.add_option("--tls-certificate", options.tls_certificate,
                                       "PEM file: serve the vendors over https");
    auto* key = app.add_option("--tls-key", options.tls_key, "PEM file");
    certificate->needs(key);
    key->needs(certificate);
    app.add_option("--seed", options.seed, "of everything random");
    app.add_flag("--no-rate-limit", is_unlimited, "let Kisi answer more than 5 requests a second");
}

void serve(const Options& options) {
    boost::asio::io_context io(1);
    Simulators simulators(io, options);
    boost::asio::signal_set signals(io, SIGTERM, SIGINT);
    signals.async_wait([&io](boost::system::error_code, int) { io.stop(); });
    const auto ports = simulators.ports();
    std::cout << "{\"storeganise_port\":" << ports.storeganise << ",\"kisi_port\":" << ports.kisi
              << ",\"nuki_port\":" << ports.nuki << ",\"unloc_port\":" << ports.unloc
              << ",\"control_port\":" << ports.control << "}" << std::endl;
    io.run();
}

}  // namespace

int main(int argc, char** argv) {
    // Nothing is left behind when a test dies.
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    Options options;
    bool is_unlimited = false;
    CLI::App app("Simulates Storeganise and access vendors on the loopback address.");
    add_options(app, options, is_unlimited);
    CLI11_PARSE(app, argc, argv);
    options.is_rate_limited = !is_unlimited;
    try {
        serve(options);
    } catch (const std::exception& error) {
        std::cerr << "gatehouse-simulators: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
