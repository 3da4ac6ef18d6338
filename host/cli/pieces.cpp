#include "cli/pieces.hpp"

#include <ostream>

#include "base/json.hpp"

namespace gatehouse::cli {

using nlohmann::json;

std::string text_of(const json& value, std::string_view key) {
    const json* found = member(value, key);
    if (found == nullptr || found->is_null()) return "-";
    if (found->is_string())
        return found->get<std::string>().empty() ? "-" : found->get<std::string>();
    if (found->is_boolean()) return found->get<bool>() ? "yes" : "no";
    return dump_json(*found);
}

std::string time_of(const json& value, std::string_view key, bool with_ms) {
    std::string text = text_of(value, key);
    if (text.size() < 20 || text[10] != 'T') return text;
    text[10] = ' ';
    return with_ms ? text : text.substr(0, 19) + 'Z';
}

const json& list_of(const json& value, std::string_view key) {
    static const json empty = json::array();
    const json* found = member(value, key);
    return found != nullptr && found->is_array() ? *found : empty;
}

const json& object_of(const json& value, std::string_view key) {
    static const json empty = json::object();
    const json* found = member(value, key);
    return found != nullptr && found->is_object() ? *found : empty;
}

std::string joined(const json& list, std::string_view key) {
    std::string text;
    for (const json& item : list) {
        if (!text.empty()) text += ", ";
        if (item.is_string()) {
            text += item.get<std::string>();
        } else {
            text += text_of(item, key);
        }
    }
    return text.empty() ? "-" : text;
}

std::string granted_of(const json& holder, std::string_view state_key,
                       std::string_view pending_key) {
    std::string state = text_of(holder, state_key);
    if (!bool_member(holder, pending_key).value_or(false)) return state;
    return state == "-" ? "pending" : state + ", pending";
}

void print_table(const Table& table, std::string_view nothing, std::ostream& out) {
    if (table.empty()) {
        out << nothing << '\n';
    } else {
        table.print(out);
    }
}

void print_next(const json& document, const std::string& option, std::ostream& out) {
    const std::string next = text_of(document, "next_" + option);
    if (next != "-") out << "more: --" << option << ' ' << harmless(next) << '\n';
}

void print_line(std::string_view name, const std::string& value, std::ostream& out) {
    std::string label(name);
    label.resize(12, ' ');
    out << label << harmless(value) << '\n';
}

void print_timeline(const json& steps, std::ostream& out) {
    if (steps.empty()) return;
    out << '\n';
    Table table({"time (UTC)", "step", "rental", "what"});
    for (const json& step : steps) {
        table.add({time_of(step, "at", true), text_of(step, "kind"), text_of(step, "rental"),
                   text_of(step, "text")});
    }
    table.print(out);
}

}  // namespace gatehouse::cli
