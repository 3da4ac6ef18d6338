// bench_load: signed webhooks over HTTPS, each with an id of its own, which h2load cannot send.
// Prints one JSON line. Aims at 127.0.0.1 only.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "load/load_plan.hpp"

namespace {

std::int64_t percentile(const std::vector<std::int64_t>& sorted, double share) {
    if (sorted.empty()) {
        return 0;
    }
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

std::vector<std::string> lines_of(const std::string& file) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

int main(int argc, char** argv) {
    gatehouse::bench::LoadPlan plan;
    std::string data_file;
    CLI::App app("Signed webhooks over HTTPS to 127.0.0.1");
    app.add_option("--port", plan.port)->required();
    app.add_option("--path", plan.path)->required();
    app.add_option("--secret", plan.secret)->required();
    app.add_option("--id-prefix", plan.id_prefix);
    app.add_option("--type", plan.type, "of the events");
    app.add_option("--data", data_file, "a file with the data of each event in a line of its own");
    app.add_option("--connections", plan.connections);
    app.add_option("--requests", plan.requests);
    app.add_option("--rate", plan.rate_per_s, "requests/s in an open loop; 0 = closed loop");
    app.add_flag("--connection-each", plan.is_connection_each);
    app.add_flag("--resumed", plan.is_resumed,
                 "with --connection-each: sessions are taken up again");
    app.add_option("--session-file", plan.session_file,
                   "a session to begin with, and the last one");
    app.add_option("--start-at-us", plan.start_at_us, "on the steady clock");
    CLI11_PARSE(app, argc, argv);
    if (!data_file.empty()) {
        plan.data = lines_of(data_file);
        plan.requests = static_cast<int>(plan.data.size());
    }
    try {
        gatehouse::bench::LoadReport report = gatehouse::bench::run_load(plan);
        std::sort(report.latency_us.begin(), report.latency_us.end());
        const nlohmann::json line{{"ok", report.answered_200},
                                  {"other", report.answered_other},
                                  {"failed", report.failed},
                                  {"resumed", report.resumed},
                                  {"seconds", report.seconds},
                                  {"per_second", report.answered_200 / report.seconds},
                                  {"p50_us", percentile(report.latency_us, 0.50)},
                                  {"p99_us", percentile(report.latency_us, 0.99)},
                                  {"max_us", percentile(report.latency_us, 1.0)}};
        (void)std::printf("%s\n", line.dump().c_str());
        return 0;
    } catch (const std::exception& error) {
        (void)std::fprintf(stderr, "bench_load: %s\n", error.what());
        return 1;
    }
}
