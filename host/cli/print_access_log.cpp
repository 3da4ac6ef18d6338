#include <ostream>
#include <string>
#include <vector>

#include "base/csv.hpp"
#include "base/json.hpp"
#include "cli/pieces.hpp"
#include "cli/printers.hpp"

namespace gatehouse::cli {

using nlohmann::json;

void print_access_log(const json& document, std::ostream& out) {
    Table table({"time (UTC)", "connection", "what", "door", "person", "rental", "reason"});
    for (const json& event : list_of(document, "access_events")) {
        const std::string name = text_of(event, "target_name");
        table.add({time_of(event, "occurred"), text_of(event, "connection"), text_of(event, "kind"),
                   name == "-" ? text_of(event, "target") : name, text_of(event, "person"),
                   text_of(event, "rental"), text_of(event, "reason")});
    }
    print_table(table, "nothing happened, as far as is known", out);
    print_next(document, "cursor", out);
}

void print_access_log_csv(const json& document, bool is_first, std::ostream& out) {
    static const std::vector<std::string> columns{
        "occurred", "received", "connection", "kind",   "target", "target_name",
        "person",   "success",  "reason",     "rental", "renter", "vendor_id"};
    if (is_first) out << csv_line(columns);
    for (const json& event : list_of(document, "access_events")) {
        std::vector<std::string> fields;
        fields.reserve(columns.size());
        for (const std::string& column : columns)
            fields.push_back(csv_text(event.value(column, json())));
        out << csv_line(fields);
    }
}

}  // namespace gatehouse::cli
