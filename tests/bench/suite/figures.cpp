#include "suite/figures.hpp"

#include <cstdio>
#include <fstream>

namespace gatehouse::bench {

bool Figure::is_met() const {
    const double found = baseline > 0 ? ratio() : value;
    return is_at_most ? found <= wanted : found >= wanted;
}

void print_table(const std::vector<Figure>& figures) {
    (void)std::printf("\n%-58s %12s  %-34s %12s %8s  %s\n", "figure", "value", "baseline", "",
                      "ratio", "wanted");
    for (const Figure& figure : figures) {
        const std::string value =
            std::to_string(static_cast<long>(figure.value)) + " " + figure.unit;
        if (figure.baseline > 0) {
            const std::string baseline =
                std::to_string(static_cast<long>(figure.baseline)) + " " + figure.unit;
            (void)std::printf("%-58s %12s  %-34s %12s %8.2f  %s %.2f %s\n", figure.name.c_str(),
                              value.c_str(), figure.baseline_name.c_str(), baseline.c_str(),
                              figure.ratio(), figure.is_at_most ? "<=" : ">=", figure.wanted,
                              figure.is_met() ? "met" : "NOT MET");
        } else {
            (void)std::printf("%-58s %12s  %-34s %12s %8s  %s %.0f %s\n", figure.name.c_str(),
                              value.c_str(), "", "", "",
                              figure.is_at_most ? "<=" : ">=", figure.wanted,
                              figure.is_met() ? "met" : "NOT MET");
        }
        if (figure.unit == "1/s") {
            (void)std::printf("%-58s fdatasync p50 %.0f us, p99 %.0f us\n", "", figure.disk.p50_us,
                              figure.disk.p99_us);
        }
    }
}

void write_results(const std::vector<Figure>& figures, const std::filesystem::path& file) {
    nlohmann::json list = nlohmann::json::array();
    for (const Figure& figure : figures) {
        list.push_back(
            {{"name", figure.name},
             {"value", figure.value},
             {"unit", figure.unit},
             {"baseline_name", figure.baseline_name},
             {"baseline", figure.baseline},
             {"ratio", figure.ratio()},
             {"wanted", figure.wanted},
             {"is_at_most", figure.is_at_most},
             {"is_met", figure.is_met()},
             {"fdatasync_us", {{"p50", figure.disk.p50_us}, {"p99", figure.disk.p99_us}}},
             {"details", figure.details}});
    }
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << nlohmann::json{{"figures", list}}.dump(2) << "\n";
}

}  // namespace gatehouse::bench
