// New connections: what full handshakes and resumed ones cost, each with one signed event.
#include <stdexcept>
#include <string>

#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;

constexpr int kRounds = 3;

test::HostOptions host_with(int workers) {
    test::HostOptions options = quiet_host();
    options.listen = "workers: " + std::to_string(workers);
    return options;
}

// The rounds of one server: what they carried and what a connection cost the server.
struct Rounds {
    std::vector<double> per_second;
    std::vector<double> cpu_us;  // of the server's process; empty if it has several

    double rate() const { return median(per_second); }
    json details() const { return {{"per_second", per_second}, {"cpu_us", cpu_us}}; }
};

void add_round(Rounds& rounds, std::uint16_t port, const Load& load, pid_t pid = 0) {
    const double before_ms = pid == 0 ? 0 : cpu_ms(pid);
    const json report = run_bench_load(port, load);
    if (report.at("failed") != 0 || report.at("other") != 0) {
        throw std::runtime_error("not every request was answered 200: " + report.dump());
    }
    const bool is_short = report.at("resumed").get<int>() > load.requests - 2 * load.connections;
    if (load.is_resumed && !is_short) {
        throw std::runtime_error("sessions were not taken up again: " + report.dump());
    }
    rounds.per_second.push_back(report.at("per_second").get<double>());
    if (pid == 0) return;
    rounds.cpu_us.push_back((cpu_ms(pid) - before_ms) * 1000 / load.requests);
}

}  // namespace

std::vector<Figure> measure_new_connections() {
    const test::Simulators simulators;
    seed_acme(simulators);
    test::GatehouseHost host(simulators, host_with(2));
    test::GatehouseHost single(simulators, host_with(1));
    host.start();
    single.start();
    const EdgeServer stock("bench_edge_stock", {"--workers", "2"});
    const NginxServer nginx(host.folder(), 2);
    const NginxServer single_nginx(host.folder(), 1);
    const Load full{.requests = 5'000, .is_connection_each = true};
    Rounds ours;
    Rounds ours_alone;
    Rounds nginxs;
    Rounds nginxs_alone;
    Rounds stocks;
    for (int round = 0; round < kRounds; ++round) {
        add_round(stocks, stock.port(), full);
        add_round(ours, host.port(), full, host.process().pid());
        add_round(nginxs, nginx.port(), full);
        add_round(ours_alone, single.port(), full, single.process().pid());
        add_round(nginxs_alone, single_nginx.port(), full);
    }
    single.stop();
    host.stop();
    const json details{{"gatehouse", ours.details()},
                       {"one worker", ours_alone.details()},
                       {"nginx", nginxs.details()},
                       {"nginx, one worker", nginxs_alone.details()},
                       {"stock listener", stocks.details()}};
    const char* const kName = "acknowledged events/s, a TLS connection each";
    return {{kName, ours.rate(), "1/s", "nginx, two workers, return 200", nginxs.rate(), 0.7, false,
             details},
            {kName, ours_alone.rate(), "1/s", "nginx, one worker, return 200", nginxs_alone.rate(),
             0.7, false, details},
            {kName, ours.rate(), "1/s", "one worker", ours_alone.rate(), 1.8, false, details},
            {kName, ours.rate(), "1/s", "Pistache's TLS listener, no store", stocks.rate(), 1.5,
             false, details}};
}

std::vector<Figure> measure_resumed_connections() {
    const test::Simulators simulators;
    seed_acme(simulators);
    test::GatehouseHost host(simulators, host_with(2));
    host.start();
    const test::TempDir dir;
    const Load full{.requests = 5'000, .is_connection_each = true};
    Load resumed = full;
    resumed.is_resumed = true;
    resumed.session_file = dir / "session";
    Rounds long_ones;
    Rounds short_ones;
    Rounds after_restart;
    for (int round = 0; round < kRounds; ++round) {
        add_round(long_ones, host.port(), full, host.process().pid());
        add_round(short_ones, host.port(), resumed, host.process().pid());
        // The very first connection takes up a session that the process before this one gave.
        host.stop();
        host.start();
        add_round(after_restart, host.port(), resumed, host.process().pid());
    }
    host.stop();
    const json details{{"full", long_ones.details()},
                       {"resumed", short_ones.details()},
                       {"resumed after a restart", after_restart.details()}};
    return {{"acknowledged events/s, a resumed TLS connection each", short_ones.rate(), "1/s",
             "full handshakes", long_ones.rate(), 2, false, details},
            {"the same after a restart", after_restart.rate(), "1/s", "full handshakes",
             long_ones.rate(), 2, false, details},
            {"CPU of the host for a resumed connection", median(short_ones.cpu_us), "us",
             "for a full one", median(long_ones.cpu_us), 0.5, true, details}};
}

}  // namespace gatehouse::bench
