// What the runner costs: one access.apply of the echo plugin in this process and through a runner,
// and the runner's resident memory. Prints one JSON line.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include "abi/plugin_fixture.hpp"
#include "base/json.hpp"
#include "call.hpp"
#include "host_tables.hpp"
#include "loader.hpp"
#include "plugins/documents.hpp"

namespace {

using namespace gatehouse;

constexpr int kWarmUps = 500;
constexpr int kCalls = 10'000;

// Nobody asks anything of it here.
class NoLink final : public runner::HostLink {
  public:
    runner::ServiceReply ask(std::uint32_t, std::string_view, std::string_view) override {
        return {};
    }
    void log(std::int32_t, std::string_view) override {}
};

struct Figures {
    double p50_us = 0;
    double p99_us = 0;
};

template <typename Call>
Figures measure(Call&& call) {
    std::vector<double> times_us;
    for (int i = -kWarmUps; i < kCalls; ++i) {
        const auto began = std::chrono::steady_clock::now();
        call();
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - began;
        if (i >= 0) times_us.push_back(took.count());
    }
    std::sort(times_us.begin(), times_us.end());
    return {times_us[kCalls / 2], times_us[kCalls * 99 / 100]};
}

Figures measure_in_process(const std::string& request) {
    const std::string library = std::string(ABI_PLUGINS) + "/libabi_echo.so";
    const auto loaded =
        runner::load_plugin({library, library, "echo", "1.0.0", {"gatehouse.access/1"}});
    const auto& entry = *std::get<const gatehouse_entry*>(loaded);
    NoLink link;
    const runner::HostTables tables(link);
    const std::string connection =
        R"({"schema":1,"business":"acme","connection":"doors","base_url":null,"settings":{}})";
    runner::Call creating(link, 1, 1000);
    gatehouse_instance* instance = nullptr;
    entry.create(tables.host(), creating.handle(), {connection.data(), connection.size()},
                 &instance);
    const gatehouse_function apply = runner::find_function(entry, "access.apply");
    const Figures figures = measure([&] {
        runner::Call call(link, 2, 1000);
        const std::int32_t returned =
            apply(instance, call.handle(), {request.data(), request.size()});
        // The host holds every result against its schema, wherever it comes from.
        if (!plugins::read_result("access.apply", call.outcome(returned).document)) std::abort();
    });
    entry.destroy(instance);
    return figures;
}

// Resident memory of this process's only child.
long runner_resident_kib() {
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream children(task.path() / "children");
        long pid = 0;
        if (!(children >> pid)) continue;
        std::ifstream status("/proc/" + std::to_string(pid) + "/status");
        std::string line;
        while (std::getline(status, line)) {
            if (line.rfind("VmRSS:", 0) == 0) return std::stol(line.substr(6));
        }
    }
    return 0;
}

}  // namespace

int main() {
    const std::string request = test::apply_request("r1", "occupied");
    const Figures in_process = measure_in_process(request);
    test::PluginFixture fixture;
    fixture.add_plugin({"echo", "echo"});
    fixture.connect("doors", "echo");
    fixture.start();
    const Figures through_runner = measure([&] {
        if (!fixture.host->call({"acme", "doors", "access.apply", request})) std::abort();
    });
    const nlohmann::json line = {{"bench", "plugin_call"},
                                 {"calls", kCalls},
                                 {"in_process_p50_us", in_process.p50_us},
                                 {"in_process_p99_us", in_process.p99_us},
                                 {"runner_p50_us", through_runner.p50_us},
                                 {"runner_p99_us", through_runner.p99_us},
                                 {"cost_p50_us", through_runner.p50_us - in_process.p50_us},
                                 {"runner_resident_kib", runner_resident_kib()}};
    std::printf("%s\n", dump_json(line).c_str());
    return 0;
}
