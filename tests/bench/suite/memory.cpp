#include <chrono>
#include <thread>

#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {

namespace {

// CPU time that the process uses in five seconds of nothing to do.
double idle_cpu_ms(pid_t pid) {
    const double before = cpu_ms(pid);
    std::this_thread::sleep_for(std::chrono::seconds(5));
    return cpu_ms(pid) - before;
}

}  // namespace

std::vector<Figure> measure_memory() {
    const test::Simulators simulators;
    test::HostOptions options;
    options.log_level = "info";
    options.businesses.clear();
    for (int i = 0; i < 100; ++i) {
        options.businesses.push_back("b" + std::to_string(i));
    }
    test::GatehouseHost host(simulators, options);
    host.start();
    // Its runner is up once the plugin is ready.
    while (host.admin("/v1/plugins").dump().find("\"ready\"") == std::string::npos) {
        host.process().wait_for_more(0);
    }
    const double busy_ms = idle_cpu_ms(host.process().pid());
    const double host_mb = resident_mb(host.process().pid());
    double runner_mb = 0;
    for (const pid_t child : children_of(host.process().pid())) {
        runner_mb = std::max(runner_mb, resident_mb(child));
    }
    host.stop();
    return {{"host idle with 100 businesses, resident", host_mb, "MB", "", 0, 40, true, {}},
            {"CPU of the idle host in 5 s", busy_ms, "ms", "", 0, 10, true, {}},
            {"runner idle, resident", runner_mb, "MB", "", 0, 12, true, {}}};
}

}  // namespace gatehouse::bench
