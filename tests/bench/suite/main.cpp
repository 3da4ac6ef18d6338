// bench_suite: runs every measurement, prints the table and writes results.json. Always exits 0
// when all could be measured: no figure is a test.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <utility>

#include "suite/measurements.hpp"

int main(int argc, char** argv) {
    using namespace gatehouse::bench;
    int sweep_rentals = 100'000;
    const std::vector<std::pair<std::string, std::function<std::vector<Figure>()>>> all{
        {"memory", measure_memory},
        {"plugin_calls", measure_plugin_calls},
        {"acknowledgements", measure_acknowledgements},
        {"new_connections", measure_new_connections},
        {"resumed_connections", measure_resumed_connections},
        {"strangers", measure_strangers},
        {"latency_under_hang", measure_latency_under_hang},
        {"move_ins", measure_move_ins},
        {"burst", measure_burst},
        {"poison", measure_poison},
        {"neighbours", measure_neighbours},
        {"sweep", [&sweep_rentals] { return measure_sweep(sweep_rentals); }}};
    std::string only;
    std::string results = "build/bench/results.json";
    CLI::App app("Gatehouse's benchmarks, as ratios");
    app.add_option("--only", only, "the name of one measurement");
    app.add_option("--results", results);
    app.add_option("--sweep-rentals", sweep_rentals, "how many rentals are swept");
    CLI11_PARSE(app, argc, argv);
    std::vector<Figure> figures;
    int status = 0;
    for (const auto& [name, measure] : all) {
        if (!only.empty() && only != name) continue;
        std::cout << "measuring " << name << " ...\n" << std::flush;
        try {
            const DiskTimes disk = time_disk();
            for (Figure& figure : measure()) {
                figure.disk = disk;
                figures.push_back(std::move(figure));
            }
        } catch (const std::exception& error) {
            std::cout << "  could not be measured: " << error.what() << "\n";
            status = 1;
        }
    }
    print_table(figures);
    write_results(figures, results);
    std::cout << "\n" << results << "\n";
    return status;
}
