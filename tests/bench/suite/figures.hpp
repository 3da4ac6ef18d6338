// Figures: what the benchmarks found, as a table for people and results.json for programs. Always a
// ratio against a baseline of the same run: machines differ and are noisy.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "suite/disk.hpp"

namespace gatehouse::bench {

struct Figure {
    std::string name;  // "acknowledged events/s, kept-alive connections"
    double value = 0;
    std::string unit;           // "1/s", "us", "MB"
    std::string baseline_name;  // what it is compared with; empty = an absolute bound
    double baseline = 0;
    double wanted = 0;        // of value/baseline, or of value where there is no baseline
    bool is_at_most = false;  // wanted is an upper bound
    nlohmann::json details = nlohmann::json::object();
    DiskTimes disk = {};  // just before the measurement

    double ratio() const { return baseline > 0 ? value / baseline : 0; }
    bool is_met() const;
};

void print_table(const std::vector<Figure>& figures);
void write_results(const std::vector<Figure>& figures, const std::filesystem::path& file);

}  // namespace gatehouse::bench
