#include <algorithm>

#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;

constexpr int kRounds = 3;

double per_second(const json& report) {
    if (report.at("failed") != 0 || report.at("other") != 0) {
        throw std::runtime_error("not every request was answered 200: " + report.dump());
    }
    return report.at("per_second").get<double>();
}

// The middle of some rounds, taken in turns so that the machine's moods meet all alike.
struct Middle {
    std::vector<double> values;
    double value() const { return median(values); }
};

}  // namespace

std::vector<Figure> measure_acknowledgements() {
    const test::Simulators simulators;
    seed_acme(simulators);
    test::GatehouseHost host(simulators, quiet_host());
    host.start();
    const EdgeServer storeless("bench_edge_storeless",
                               {test::GatehouseHost::webhook_secret("acme")});
    const NodeServer node(
        "ack.js",
        {"--secret", test::GatehouseHost::webhook_secret("acme"), "--database", "@/events.db"}, {});
    Middle ours;
    Middle without;
    Middle theirs;
    for (int round = 0; round < kRounds; ++round) {
        without.values.push_back(
            per_second(run_bench_load(storeless.port(), {.requests = 100'000})));
        ours.values.push_back(per_second(run_bench_load(host.port(), {.requests = 100'000})));
        theirs.values.push_back(per_second(run_bench_load(node.port(), {.requests = 10'000})));
    }
    host.stop();
    const json rounds{
        {"gatehouse", ours.values}, {"storeless", without.values}, {"node", theirs.values}};
    return {{"acknowledged events/s, kept-alive", ours.value(), "1/s",
             "the same way without the store", without.value(), 0.5, false, rounds},
            {"acknowledged events/s, kept-alive", ours.value(), "1/s", "Express 5, better-sqlite3",
             theirs.value(), 10, false, rounds}};
}

std::vector<Figure> measure_latency_under_hang() {
    const test::Simulators simulators;
    seed_acme(simulators);
    test::GatehouseHost host(simulators, quiet_host());
    host.start();
    const double most = per_second(run_bench_load(host.port(), {.requests = 100'000}));
    simulators.post("faults", {{"kind", "hang"}, {"service", "kisi"}});
    simulators.post("bulk", {{"business", "acme"}, {"count", 200}, {"groups", 1}});
    simulators.post("load", {{"business", "acme"},
                             {"url", host.webhook_url()},
                             {"count", 200},
                             {"concurrency", 8},
                             {"deadline_ms", 1'000}});
    const json report = run_bench_load(
        host.port(), {.requests = static_cast<int>(most * 5), .rate_per_s = most / 2});
    (void)per_second(report);
    host.kill();
    return {{"ack p99 at half load, every vendor call hanging",
             report.at("p99_us").get<double>() / 1000, "ms", "", 0, 25, true,
             json{{"rate_per_s", most / 2}, {"report", report}}}};
}

}  // namespace gatehouse::bench
