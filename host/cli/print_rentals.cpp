#include <ostream>
#include <string>

#include "cli/pieces.hpp"
#include "cli/printers.hpp"

namespace gatehouse::cli {

using nlohmann::json;

void print_rentals(const json& document, std::ostream& out) {
    Table table({"rental", "unit", "site", "connection", "desired", "granted", "updated (UTC)"});
    for (const json& rental : list_of(document, "rentals")) {
        const std::string unit = text_of(rental, "unit_name");
        table.add({text_of(rental, "rental"), unit == "-" ? text_of(rental, "unit") : unit,
                   text_of(rental, "site"), text_of(rental, "connection"),
                   text_of(rental, "desired"), granted_of(rental, "granted", "grant_pending"),
                   time_of(rental, "updated")});
    }
    print_table(table, "no rentals", out);
    print_next(document, "after", out);
}

void print_sweep(const json& document, std::ostream& out) {
    print_line("sweep", text_of(document, "business") + ' ' + text_of(document, "sweep"), out);
    print_line("state", text_of(document, "state"), out);
    print_line("began", time_of(document, "began"), out);
    print_line("ended", time_of(document, "ended"), out);
    print_line("found", text_of(document, "summary"), out);
    if (text_of(document, "error") != "-") print_line("error", text_of(document, "error"), out);
    for (const json& trouble : list_of(document, "troubles")) {
        print_line("trouble", trouble.is_string() ? trouble.get<std::string>() : "-", out);
    }
    Table table({"rental", "difference", "what"});
    for (const json& difference : list_of(document, "differences")) {
        table.add({text_of(difference, "rental"), text_of(difference, "kind"),
                   text_of(difference, "detail")});
    }
    if (!table.empty()) print_table(table, "", out << '\n');
}

void print_fuse(const json& document, std::ostream& out) {
    Table table({"business", "rental", "unit", "site", "waits since (UTC)"});
    for (const json& rental : list_of(document, "rentals")) {
        const std::string unit = text_of(rental, "unit_name");
        table.add({text_of(rental, "business"), text_of(rental, "rental"),
                   unit == "-" ? text_of(rental, "unit") : unit, text_of(rental, "site"),
                   time_of(rental, "blocked")});
    }
    print_table(table, "nothing waits for a person", out);
}

}  // namespace gatehouse::cli
