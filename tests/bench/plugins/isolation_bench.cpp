// What isolation costs: the first call of each of many businesses, once with the plugin's shared
// runner and once with a runner for each business, of which 64 may live at once. So every call of
// the second kind pays for a start, as when ten thousand businesses are cared for in turn. Prints
// one JSON line. Give the number of businesses; default 1,000.
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "abi/plugin_fixture.hpp"
#include "base/json.hpp"

namespace {

using namespace gatehouse;

double cpu_ms(int who) {
    rusage usage{};
    ::getrusage(who, &usage);
    const auto ms = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
    };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

long resident_kib() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (line.rfind("VmRSS:", 0) == 0) return std::stol(line.substr(6));
    }
    return 0;
}

nlohmann::json measure(int businesses, bool is_isolated) {
    const long before_kib = resident_kib();
    test::PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    for (int i = 0; i < businesses; ++i)
        fixture.connect("doors", "echo", "b" + std::to_string(i)).is_isolated = is_isolated;
    fixture.start();
    const long made_kib = resident_kib();
    const double own_ms = cpu_ms(RUSAGE_SELF);
    const double children_ms = cpu_ms(RUSAGE_CHILDREN);
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < businesses; ++i) {
        if (!fixture.apply("doors", "occupied", "b" + std::to_string(i))) std::abort();
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    const long after_kib = resident_kib();
    fixture.host->stop();
    const double count = businesses;
    return {{"ms_per_call", took.count() / count},
            {"host_cpu_ms_per_call", (cpu_ms(RUSAGE_SELF) - own_ms) / count},
            {"runner_cpu_ms_per_call", (cpu_ms(RUSAGE_CHILDREN) - children_ms) / count},
            {"host_kib_for_connections", made_kib - before_kib},
            {"host_kib_for_lanes", after_kib - made_kib}};
}

// Sixty calls of one business that end the runner, four at a time as the dispatcher would have
// them, and twenty of another meanwhile, one every 100 ms, with the pauses of the product.
nlohmann::json measure_neighbour() {
    test::PluginFixture fixture;
    fixture.options.lane.first_pause_ms = plugins::LaneOptions{}.first_pause_ms;
    fixture.options.lane.max_pause_ms = plugins::LaneOptions{}.max_pause_ms;
    fixture.add_plugin({"rogue", "rogue", "{call_ms: 15000, concurrency: 4}"});
    fixture.connect("doors", "rogue", "acme");
    fixture.connect("doors", "rogue", "beta");
    fixture.start();
    if (!fixture.apply("doors", "good", "beta")) std::abort();
    std::atomic<int> left = 60;
    std::atomic<bool> is_over = false;
    std::vector<std::thread> poisoners;
    poisoners.reserve(4);
    for (int i = 0; i < 4; ++i) {
        poisoners.emplace_back([&] {
            while (left-- > 0 && !is_over) {
                const auto result = fixture.apply("doors", "crash", "acme");
                if (!result && result.error().is_postponed) ++left;
            }
        });
    }
    double worst_ms = 0;
    int failed = 0;
    for (int i = 0; i < 20; ++i) {
        const auto began = std::chrono::steady_clock::now();
        if (!fixture.apply("doors", "good", "beta")) ++failed;
        const std::chrono::duration<double, std::milli> took =
            std::chrono::steady_clock::now() - began;
        worst_ms = std::max(worst_ms, took.count());
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    is_over = true;
    for (std::thread& poisoner : poisoners)
        poisoner.join();
    return {{"worst_ms", worst_ms},
            {"failed", failed},
            {"deaths", fixture.status("rogue").deaths_total}};
}

}  // namespace

int main(int count, char** words) {
    const int businesses = count > 1 ? std::atoi(words[1]) : 1'000;
    const nlohmann::json shared = measure(businesses, false);
    const nlohmann::json isolated = measure(businesses, true);
    const nlohmann::json line = {{"bench", "isolation"},
                                 {"businesses", businesses},
                                 {"shared", shared},
                                 {"isolated", isolated},
                                 {"neighbour_of_poison", measure_neighbour()}};
    std::printf("%s\n", dump_json(line).c_str());
    return 0;
}
