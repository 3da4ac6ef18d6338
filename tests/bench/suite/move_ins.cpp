#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;
using test::GatehouseHost;

constexpr int kRounds = 3;
constexpr int kMoveIns = 2'000;
constexpr int kConcurrency = 32;

std::vector<double> rounds_against(const test::Simulators& simulators, const std::string& url) {
    std::vector<double> per_second;
    for (int round = 0; round < kRounds; ++round) {
        per_second.push_back(run_move_ins(simulators, url, kMoveIns, kConcurrency)
                                 .at("move_ins_per_s")
                                 .get<double>());
    }
    return per_second;
}

}  // namespace

std::vector<Figure> measure_move_ins() {
    std::vector<double> ours;
    double host_cpu_ms = 0;
    {
        const test::Simulators simulators;
        seed_acme(simulators);
        test::HostOptions options = quiet_host();
        options.dispatch = "{workers: 32, workers_per_business: 32}";
        GatehouseHost host(simulators, options);
        host.start();
        const double before_ms = cpu_ms(host.process().pid());
        ours = rounds_against(simulators, host.webhook_url());
        host_cpu_ms = (cpu_ms(host.process().pid()) - before_ms) / (kRounds * kMoveIns);
        host.stop();
    }
    const test::Simulators simulators;
    seed_acme(simulators);
    const NodeServer node("handler.js", {},
                          {{"STOREGANISE_API", simulators.storeganise_api("acme")},
                           {"API_KEY", GatehouseHost::api_key("acme")},
                           {"KISI_URL", simulators.kisi_url()},
                           {"KISI_KEY", GatehouseHost::kisi_key("acme")},
                           {"WEBHOOK_SECRET", GatehouseHost::webhook_secret("acme")}});
    const std::vector<double> theirs =
        rounds_against(simulators, "https://127.0.0.1:" + std::to_string(node.port()) +
                                       "/v1/webhooks/acme/storeganise");
    return {{"completed move-ins/s", median(ours), "1/s", "Node handler after the template",
             median(theirs), 5, false, json{{"gatehouse", ours}, {"node", theirs}}},
            {"CPU of the host for a move-in", host_cpu_ms * 1000, "us", "", 0, 600, true, {}}};
}

}  // namespace gatehouse::bench
