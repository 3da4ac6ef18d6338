// Strangers: what a genuine sender waits, and what the host grows by, while others attack.
#include <algorithm>
#include <chrono>
#include <thread>

#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;

constexpr double kWantedMs = 200;
constexpr double kWantedMb = 64;

// bench_strangers at full strength, as long as it lives.
class Strangers {
  public:
    Strangers(const test::GatehouseHost& host, const std::vector<std::string>& how)
        : process_({test::binary_dir() / "bench_strangers", arguments(host, how), {}, false}) {
        const auto is_ready = [](const std::string& line) { return line == "ready"; };
        if (!process_.wait_for_line(is_ready)) {
            throw std::runtime_error("bench_strangers failed:\n" + process_.output());
        }
    }

  private:
    static std::vector<std::string> arguments(const test::GatehouseHost& host,
                                              std::vector<std::string> how) {
        how.insert(how.end(), {"--port", std::to_string(host.port())});
        return how;
    }

    test::ChildProcess process_;
};

// A genuine sender, a connection for each event, for ten seconds.
json genuine(const test::GatehouseHost& host) {
    return run_bench_load(
        host.port(),
        {.requests = 500, .connections = 16, .rate_per_s = 50, .is_connection_each = true});
}

Figure figure(const std::string& name, const json& beside, const json& idle) {
    if (beside.at("other") != 0) throw std::runtime_error("not answered 200: " + beside.dump());
    return {name, beside.at("p99_us").get<double>() / 1000, "ms", "", 0, kWantedMs,
            true, json{{"beside", beside}, {"idle", idle}}};
}

}  // namespace

std::vector<Figure> measure_strangers() {
    const test::Simulators simulators;
    seed_acme(simulators);
    test::GatehouseHost host(simulators, quiet_host());
    host.start();
    const json idle = genuine(host);
    std::vector<Figure> figures;
    {
        const Strangers strangers(host, {"--idle", "4096"});
        figures.push_back(
            figure("p99 of a genuine event beside 4,096 idle strangers", genuine(host), idle));
    }
    for (const char* addresses : {"1", "250"}) {
        const Strangers strangers(host, {"--hellos", "3000", "--addresses", addresses});
        figures.push_back(figure(std::string("p99 of a genuine event beside 3,000 hellos/s from ") +
                                     addresses + (addresses[1] == 0 ? " address" : " addresses"),
                                 genuine(host), idle));
    }
    const double before_mb = peak_resident_mb(host.process().pid());
    {
        const Strangers strangers(host, {"--bodies", "1000"});
        figures.push_back({"growth of the host by one address with 1,000 large bodies",
                           peak_resident_mb(host.process().pid()) - before_mb, "MB", "", 0,
                           kWantedMb, true, json{{"before_mb", before_mb}}});
    }
    host.stop();
    return figures;
}

}  // namespace gatehouse::bench
