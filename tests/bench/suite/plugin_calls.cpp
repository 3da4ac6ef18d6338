#include <stdexcept>

#include "suite/measurements.hpp"
#include "suite/servers.hpp"

namespace gatehouse::bench {

std::vector<Figure> measure_plugin_calls() {
    test::ChildProcess process({test::binary_dir() / "bench_plugin_call", {}, {}, false});
    const auto line = process.wait_for_line(
        [](const std::string& text) { return !text.empty() && text.front() == '{'; });
    if (!line) {
        throw std::runtime_error("bench_plugin_call failed:\n" + process.output());
    }
    const nlohmann::json report = nlohmann::json::parse(*line);
    const double over_us = report.at("cost_p50_us").get<double>();
    return {{"one plugin call through the runner, p50 over in-process", over_us, "us", "", 0, 100,
             true, report}};
}

}  // namespace gatehouse::bench
