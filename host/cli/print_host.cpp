#include <ostream>
#include <string>

#include "base/json.hpp"
#include "cli/pieces.hpp"
#include "cli/printers.hpp"

namespace gatehouse::cli {
namespace {

using nlohmann::json;

void add_secrets(const json& owner, const std::string& source, const std::string& business,
                 Table& table) {
    for (const json& secret : list_of(owner, "webhook_secrets")) {
        table.add({business, source, text_of(secret, "label"), time_of(secret, "last_used")});
    }
}

}  // namespace

void print_plugins(const json& document, std::ostream& out) {
    Table table(
        {"plugin", "version", "state", "runners", "calls", "deaths", "shut", "sandbox", "reason"});
    for (const json& plugin : list_of(document, "plugins")) {
        table.add({text_of(plugin, "plugin"), text_of(plugin, "version"), text_of(plugin, "state"),
                   text_of(plugin, "runners"), text_of(plugin, "calls"), text_of(plugin, "deaths"),
                   text_of(plugin, "shut"), text_of(plugin, "sandbox"), text_of(plugin, "reason")});
    }
    print_table(table, "no plugins", out);
    Table isolated({"connection", "works alone until", "state", "because"});
    for (const json& plugin : list_of(document, "plugins")) {
        for (const json& one : list_of(plugin, "isolated")) {
            isolated.add({text_of(one, "connection"), time_of(one, "until"), text_of(one, "state"),
                          text_of(one, "reason")});
        }
    }
    if (isolated.empty()) return;
    out << '\n';
    print_table(isolated, "", out);
}

void print_businesses(const json& document, std::ostream& out) {
    Table table({"business", "site", "access", "plugin"});
    Table secrets({"business", "source", "webhook secret", "last used (UTC)"});
    for (const json& business : list_of(document, "businesses")) {
        const std::string name = text_of(business, "business");
        const json& connections = list_of(business, "connections");
        for (const json& site : list_of(business, "sites")) {
            std::string plugin = "-";
            for (const json& connection : connections) {
                if (text_of(connection, "connection") == text_of(site, "access")) {
                    plugin = text_of(connection, "plugin");
                }
            }
            table.add({name, text_of(site, "site"), text_of(site, "access"), plugin});
        }
        if (list_of(business, "sites").empty()) table.add({name, "-", "-", "-"});
        add_secrets(object_of(business, "storeganise"), "storeganise", name, secrets);
        for (const json& connection : connections) {
            add_secrets(connection, text_of(connection, "connection"), name, secrets);
        }
    }
    print_table(table, "no businesses", out);
    if (!secrets.empty()) {
        out << '\n';
        secrets.print(out);
    }
    Table refused({"does not run", "because"});
    for (const json& business : list_of(document, "refused")) {
        refused.add({text_of(business, "business"), text_of(business, "reason")});
    }
    if (!refused.empty()) {
        out << '\n';
        refused.print(out);
    }
    print_next(document, "after", out);
}

void print_alerts(const json& document, std::ostream& out) {
    Table table({"business", "subject", "since (UTC)", "staff's task", "what"});
    for (const json& alert : list_of(document, "alerts")) {
        const bool is_cured = text_of(alert, "cured") != "-";
        table.add({text_of(alert, "business"), text_of(alert, "subject"), time_of(alert, "raised"),
                   text_of(alert, "task"), (is_cured ? "cured: " : "") + text_of(alert, "text")});
    }
    print_table(table, "no alerts", out);
}

void print_document(const json& document, std::ostream& out) {
    out << document.dump(2, ' ', true, json::error_handler_t::replace) << '\n';
}

void print_message(const json& document, std::ostream& out) {
    out << harmless(text_of(document, "message")) << '\n';
}

}  // namespace gatehouse::cli
