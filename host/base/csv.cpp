#include "base/csv.hpp"

#include <string_view>

namespace gatehouse {
namespace {

constexpr std::string_view kFormulaStarts = "=+-@\t\r\n";

}  // namespace

std::string csv_line(const std::vector<std::string>& fields) {
    std::string line;
    for (const std::string& field : fields) {
        line += line.empty() ? "\"" : ",\"";
        if (!field.empty() && kFormulaStarts.find(field.front()) != std::string_view::npos) {
            line += '\'';
        }
        for (const char c : field) {
            if (c == '"') line += '"';
            line += c;
        }
        line += '"';
    }
    return line + "\r\n";
}

std::string csv_text(const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    return {};
}

}  // namespace gatehouse
