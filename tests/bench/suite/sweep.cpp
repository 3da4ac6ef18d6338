// A full sweep of very many rentals that are all as they should be.
#include <algorithm>
#include <chrono>
#include <future>
#include <stdexcept>

#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;
using test::GatehouseHost;

constexpr int kMoveIns = 20;
constexpr int kSpacingMs = 50;
constexpr int kFillAtOnce = 2'000;
constexpr std::chrono::minutes kSweepPatience{10};

std::vector<double> move_in_times(const test::Simulators& simulators, const GatehouseHost& host) {
    simulators.post("bulk", {{"business", "acme"}, {"count", kMoveIns}, {"groups", 5}});
    const json report = simulators.post("load", {{"business", "acme"},
                                                 {"url", host.webhook_url()},
                                                 {"count", kMoveIns},
                                                 {"concurrency", kMoveIns},
                                                 {"spacing_ms", kSpacingMs},
                                                 {"deadline_ms", 120'000}});
    std::vector<double> times;
    for (const json& done_us : report.at("done_us")) {
        times.push_back(done_us.get<double>() / 1000);
    }
    if (times.size() != kMoveIns) {
        throw std::runtime_error("not every move-in was completed: " + report.dump());
    }
    return times;
}

// The command line waits for the sweep's end and prints its report.
std::future<json> sweep(GatehouseHost& host) {
    return std::async(std::launch::async, [&host] {
        const test::CommandResult result =
            host.run({"sweep", "acme", "--full", "--json"}, kSweepPatience);
        const json report = json::parse(result.output, nullptr, false);
        if (result.status != 0 || !report.is_object() || report.value("state", "") != "done") {
            throw std::runtime_error("the sweep failed: " + result.output);
        }
        return report;
    });
}

bool is_over(const std::future<json>& report) {
    return report.wait_for(std::chrono::milliseconds(50)) == std::future_status::ready;
}

struct Quiet {
    double idle_mb = 0;
    double peak_mb = 0;
    int most_at_once = 0;
    int writes = 0;
    json report;
};

// Alone, with answers slow enough that two requests at once would be seen.
Quiet sweep_alone(const test::Simulators& simulators, GatehouseHost& host) {
    Quiet quiet;
    simulators.post("faults", {{"kind", "latency"}, {"latency_ms", 2}});
    simulators.erase("requests");
    quiet.idle_mb = quiet.peak_mb = resident_mb(host.process().pid());
    std::future<json> report = sweep(host);
    while (!is_over(report)) {
        quiet.peak_mb = std::max(quiet.peak_mb, resident_mb(host.process().pid()));
    }
    quiet.report = report.get();
    quiet.report.erase("differences");
    for (const char* service : {"storeganise", "kisi"}) {
        const json counters = simulators.counters().at(service);
        quiet.most_at_once = std::max(quiet.most_at_once, counters.value("most_at_once", 0));
        quiet.writes += counters.value("writes", 0);
    }
    simulators.erase("faults");
    return quiet;
}

double slowest(const std::vector<double>& times) {
    return *std::max_element(times.begin(), times.end());
}

}  // namespace

std::vector<Figure> measure_sweep(int rentals) {
    const test::Simulators simulators;
    seed_acme(simulators);
    test::HostOptions options;
    options.log_level = "info";
    options.requests_per_second = 10'000;
    options.host_sections = kNoQuota;
    options.dispatch = "{workers: 32, workers_per_business: 32}";
    // Only the sweep that is measured.
    options.business_sections = "sweep: {enabled: false}\n";
    GatehouseHost host(simulators, options);
    host.start();
    for (int made = 0; made < rentals; made += kFillAtOnce) {
        run_move_ins(simulators, host.webhook_url(), std::min(kFillAtOnce, rentals - made), 32);
    }
    // A fresh process: what the filling needed is not there to be used again.
    host.stop();
    host.start();
    (void)move_in_times(simulators, host);
    const Quiet quiet = sweep_alone(simulators, host);
    const double idle_ms = percentile(move_in_times(simulators, host), 0.5);
    double beside_ms = 0;
    std::future<json> report = sweep(host);
    do {
        beside_ms = std::max(beside_ms, slowest(move_in_times(simulators, host)));
    } while (!is_over(report));
    (void)report.get();
    host.stop();
    const std::string of = ", sweep of " + std::to_string(rentals) + " rentals";
    const json details{{"idle_mb", quiet.idle_mb}, {"peak_mb", quiet.peak_mb},
                       {"writes", quiet.writes},   {"report", quiet.report},
                       {"idle_half_ms", idle_ms},  {"beside_slowest_ms", beside_ms}};
    return {
        {"memory over idle" + of, quiet.peak_mb - quiet.idle_mb, "MB", "", 0, 150, true, details},
        {"requests at once" + of, static_cast<double>(quiet.most_at_once), "", "", 0, 1, true, {}},
        {"writes" + of, static_cast<double>(quiet.writes), "", "", 0, 0, true, {}},
        {"slowest move-in over the idle host's median" + of, beside_ms - idle_ms, "ms", "", 0, 100,
         true, details}};
}

}  // namespace gatehouse::bench
