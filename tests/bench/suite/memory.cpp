#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>

#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;

constexpr int kBusinesses = 100;

// CPU time that the process uses in five seconds of nothing to do, over a time in which the
// kernel's steps of 10 ms do not matter.
double idle_cpu_ms(pid_t pid) {
    constexpr int kSeconds = 60;
    const double before = cpu_ms(pid);
    std::this_thread::sleep_for(std::chrono::seconds(kSeconds));
    return (cpu_ms(pid) - before) * 5 / kSeconds;
}

std::size_t threads_of(pid_t pid) {
    const std::filesystem::directory_iterator threads("/proc/" + std::to_string(pid) + "/task");
    return static_cast<std::size_t>(std::distance(begin(threads), end(threads)));
}

}  // namespace

std::vector<Figure> measure_memory() {
    const test::Simulators simulators;
    test::HostOptions options;
    options.businesses.clear();
    for (int i = 0; i < kBusinesses; ++i) {
        options.businesses.push_back("b" + std::to_string(i));
    }
    seed(simulators, options.businesses);
    test::GatehouseHost host(simulators, options);
    host.start();
    // They are cared for over most of a minute, and no wait may be as long.
    for (int done = kBusinesses / 4; done <= kBusinesses; done += kBusinesses / 4) {
        if (!host.wait_for_task("doors", "done", done)) {
            throw std::runtime_error("not every connection was cared for");
        }
    }
    const json threads{{"threads", threads_of(host.process().pid())}};
    const double busy_ms = idle_cpu_ms(host.process().pid());
    const double host_mb = resident_mb(host.process().pid());
    double runner_mb = 0;
    for (const pid_t child : children_of(host.process().pid())) {
        runner_mb = std::max(runner_mb, resident_mb(child));
    }
    host.stop();
    return {{"host idle with 100 businesses, resident", host_mb, "MB", "", 0, 45, true, threads},
            {"CPU of the idle host in 5 s", busy_ms, "ms", "", 0, 10, true, {}},
            {"runner idle, resident", runner_mb, "MB", "", 0, 12, true, {}}};
}

}  // namespace gatehouse::bench
