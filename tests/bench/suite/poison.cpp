// Poison: what others wait while one business's calls end the runner that all share, or leave
// threads in it that spin. The plugin is the tests' rogue; its setting `act` says what it does.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "base/clock.hpp"
#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {
namespace {

using nlohmann::json;
using test::GatehouseHost;

constexpr int kPoisonous = 60;
constexpr int kMoveIns = 20;
constexpr int kSpacingMs = 100;
constexpr const char* kGood = "good";

void write_plugin(const std::filesystem::path& folder) {
    const std::filesystem::path place = folder / "rogue";
    std::filesystem::create_directory(place);
    const std::filesystem::path library = "libabi_rogue.so";
    std::filesystem::copy_file(test::binary_dir().parent_path() / "abi" / library, place / library);
    std::ofstream(place / "plugin.yaml")
        << "plugin: rogue\nversion: 1.0.0\nlibrary: " << library.string()
        << "\nabi: {major: 1}\nfeatures: [gatehouse.access/1]\nlimits: {concurrency: 4}\n"
        << "settings: {properties: {act: {type: string}}}\n";
}

test::HostOptions options(const std::filesystem::path& plugins, const std::string& other) {
    test::HostOptions made;
    made.plugins = plugins;
    made.businesses = {kGood, other};
    made.connections = "  doors: {plugin: rogue, settings: {act: \"{BUSINESS}\"}}\n";
    made.sites = "  - {site: \"*\", access: doors, targets: [\"door:1\"]}\n";
    made.business_sections = "sweep: {enabled: false}\n";
    return made;
}

// The ids of as many rentals whose move-in was sent, and when.
std::map<std::string, UnixMs> send_move_ins(const test::Simulators& simulators, GatehouseHost& host,
                                            const std::string& business, int count,
                                            int spacing_ms) {
    const json made =
        simulators.post("bulk", {{"business", business}, {"count", count}, {"groups", 1}});
    std::map<std::string, UnixMs> sent;
    for (std::size_t i = 0; i < made.at("job_ids").size(); ++i) {
        const std::string job_id = made.at("job_ids").at(i);
        sent[made.at("rental_ids").at(i)] = SystemClock().now_ms();
        send_move_in(host, business, job_id);
        std::this_thread::sleep_for(std::chrono::milliseconds(spacing_ms));
    }
    return sent;
}

// From each webhook to the end of its rental's look, by the host's own log.
std::vector<double> times_to_done(GatehouseHost& host, const std::map<std::string, UnixMs>& sent) {
    std::vector<double> times_ms;
    for (const auto& [rental, sent_ms] : sent) {
        const std::string key = " key=" + rental + " ";
        const auto is_end = [&](const std::string& line) {
            return line.find(" task ended ") != std::string::npos &&
                   line.find(key) != std::string::npos && line.ends_with(" outcome=done");
        };
        const auto line = host.process().wait_for_line(is_end, std::chrono::minutes(3));
        if (!line)
            throw std::runtime_error("a move-in was not done: " + rental + "\n" + host.log());
        const auto done_ms = parse_utc(line->substr(0, line->find(' ')));
        if (!done_ms) throw std::runtime_error("no time in: " + *line);
        times_ms.push_back(static_cast<double>(*done_ms - sent_ms));
    }
    return times_ms;
}

Figure slowest_beside_poison() {
    const test::TempDir plugins;
    write_plugin(plugins.path());
    const test::Simulators simulators;
    seed(simulators, {kGood, "crash"});
    GatehouseHost host(simulators, options(plugins.path(), "crash"));
    host.start();
    send_move_ins(simulators, host, "crash", kPoisonous, 0);
    const auto sent = send_move_ins(simulators, host, kGood, kMoveIns, kSpacingMs);
    const std::vector<double> times_ms = times_to_done(host, sent);
    host.kill();
    return {"slowest of 20 move-ins beside 60 that end the runner",
            *std::max_element(times_ms.begin(), times_ms.end()),
            "ms",
            "",
            0,
            2000,
            true,
            json{{"times_ms", times_ms}}};
}

Figure acknowledged_beside_spinning() {
    const test::TempDir plugins;
    write_plugin(plugins.path());
    const test::Simulators simulators;
    seed(simulators, {kGood, "spinning"});
    seed_acme(simulators);
    test::HostOptions made = options(plugins.path(), "spinning");
    made.businesses.emplace_back("acme");
    GatehouseHost host(simulators, made);
    host.start();
    const Load load{.requests = 1'000, .connections = 8, .rate_per_s = 200};
    const json before = run_bench_load(host.port(), load);
    // Each call leaves a hundred threads and two are at work at once; the runner that they are in
    // is ended and starts anew.
    send_move_ins(simulators, host, "spinning", 20, 0);
    const json beside = run_bench_load(host.port(), load);
    if (beside.at("ok") != load.requests) throw std::runtime_error(beside.dump());
    host.kill();
    return {"ack p99 beside runners with 200 spinning threads",
            beside.at("p99_us").get<double>() / 1000,
            "ms",
            "",
            0,
            100,
            true,
            json{{"before", before}, {"beside", beside}}};
}

}  // namespace

std::vector<Figure> measure_poison() {
    return {slowest_beside_poison(), acknowledged_beside_spinning()};
}

}  // namespace gatehouse::bench
