#include "cli/printers.hpp"

#include <ostream>
#include <string>
#include <vector>

#include "base/csv.hpp"
#include "base/json.hpp"
#include "cli/text.hpp"

namespace gatehouse::cli {
namespace {

using nlohmann::json;

// A member as text; "-" where there is nothing to show.
std::string text_of(const json& value, std::string_view key) {
    const json* found = member(value, key);
    if (found == nullptr || found->is_null()) return "-";
    if (found->is_string())
        return found->get<std::string>().empty() ? "-" : found->get<std::string>();
    if (found->is_boolean()) return found->get<bool>() ? "yes" : "no";
    return dump_json(*found);
}

// "2026-11-22T08:00:00.123Z" as "2026-11-22 08:00:00Z", or with its milliseconds.
std::string time_of(const json& value, std::string_view key, bool with_ms = false) {
    std::string text = text_of(value, key);
    if (text.size() < 20 || text[10] != 'T') return text;
    text[10] = ' ';
    return with_ms ? text : text.substr(0, 19) + 'Z';
}

// An array member, or an empty one.
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

// Texts, or the member `key` of objects, in one line.
std::string joined(const json& list, std::string_view key = "") {
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

// The state that the vendor confirmed, and that more was asked of it.
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

// How to see the rest of a list that was cut off.
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

void print_events(const json& document, std::ostream& out) {
    Table table({"event", "received (UTC)", "business", "source", "type", "state"});
    for (const json& event : list_of(document, "events")) {
        table.add({text_of(event, "id"), time_of(event, "received"), text_of(event, "business"),
                   text_of(event, "source"), text_of(event, "type"), text_of(event, "state")});
    }
    print_table(table, "no events", out);
    print_next(document, "before", out);
}

void print_event(const json& document, std::ostream& out) {
    print_line("event", text_of(document, "id"), out);
    print_line("type", text_of(document, "type"), out);
    print_line("state", text_of(document, "state"), out);
    print_line("business", text_of(document, "business"), out);
    print_line("source", text_of(document, "source"), out);
    print_line("sender's id", text_of(document, "sender_id"), out);
    print_line("received", time_of(document, "received"), out);
    print_line("finished", time_of(document, "finished"), out);
    print_line("copies", text_of(document, "copies"), out);
    print_line("verified by", text_of(document, "verified_by"), out);
    print_line("rentals", joined(list_of(document, "rentals")), out);
    print_timeline(list_of(document, "timeline"), out);
}

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

namespace {

std::string whose(const json& rental) {
    const json& renter = object_of(rental, "renter");
    return text_of(renter, "name") + " <" + text_of(renter, "email") + '>';
}

std::string pairs_of(const json& object) {
    std::string text;
    for (const auto& item : object.items()) {
        if (!text.empty()) text += ", ";
        const bool is_map = item.value().is_object();
        text += item.key() + ' ' +
                (is_map ? '(' + pairs_of(item.value()) + ')' : text_of(object, item.key()));
    }
    return text.empty() ? "-" : text;
}

void print_standing(const json& document, std::ostream& out) {
    for (const json& alert : list_of(document, "alerts")) {
        print_line("alert",
                   text_of(alert, "subject") + " since " + time_of(alert, "raised") + ": " +
                       text_of(alert, "text"),
                   out);
    }
}

void print_open(const json& rentals, std::ostream& out) {
    if (rentals.empty()) return;
    Table table({"can open it", "rental", "unit", "targets", "because", "until (UTC)"});
    for (const json& rental : rentals) {
        // Why it should be shut says nothing of why it is open.
        table.add({whose(rental), text_of(rental, "rental"), text_of(rental, "unit_name"),
                   joined(list_of(rental, "targets")),
                   text_of(rental, "desired") == "active" ? joined(list_of(rental, "reasons"))
                                                          : text_of(rental, "summary"),
                   time_of(rental, "until")});
    }
    out << '\n';
    table.print(out);
}

void print_closed(const json& rentals, std::ostream& out) {
    if (rentals.empty()) return;
    Table table({"cannot", "rental", "unit", "why", "next look (UTC)"});
    for (const json& rental : rentals) {
        table.add({whose(rental), text_of(rental, "rental"), text_of(rental, "unit_name"),
                   text_of(rental, "summary"), time_of(object_of(rental, "pending"), "due")});
    }
    out << '\n';
    table.print(out);
}

// Of a unit, a renter or a target.
void print_many(const json& document, std::ostream& out) {
    out << harmless(text_of(document, "kind") + ' ' + text_of(document, "id") + ": " +
                    text_of(document, "summary"))
        << '\n';
    print_open(list_of(document, "can_open"), out);
    print_closed(list_of(document, "cannot_open"), out);
    print_next(document, "after", out);
}

// What stands in the way, and what is tried next.
void print_troubles(const json& document, std::ostream& out) {
    const json& pending = object_of(document, "pending");
    if (!pending.empty()) {
        print_line("next look",
                   time_of(pending, "due") + ", attempts so far " + text_of(pending, "attempts"),
                   out);
        print_line("last error", text_of(pending, "last_error"), out);
    }
    if (const std::string shut = text_of(document, "shut"); shut != "-") {
        print_line("connection", shut, out);
    }
    const json& letter = object_of(document, "dead_letter");
    if (!letter.empty()) {
        print_line("given up",
                   "dead letter " + text_of(letter, "id") + ": " + text_of(letter, "message"), out);
    }
    if (time_of(document, "fuse_blocked") != "-") {
        print_line("fuse", "its end waits for a person since " + time_of(document, "fuse_blocked"),
                   out);
    }
    for (const json& transfer : list_of(document, "transfers")) {
        print_line("transfer",
                   "from rental " + text_of(transfer, "from") + " to " + text_of(transfer, "to") +
                       ", not done yet",
                   out);
    }
    print_standing(document, out);
}

void print_events_of(const json& events, std::ostream& out) {
    for (const json& event : events) {
        print_line("event",
                   text_of(event, "id") + " " + time_of(event, "received") + " " +
                       text_of(event, "type") + ": " + text_of(event, "state"),
                   out);
    }
}

void print_rule(const json& rule, std::ostream& out) {
    if (rule.empty()) return;
    print_line("rule",
               "site " + text_of(rule, "site") + " through " + text_of(rule, "access") +
                   "; overlock on overdue: " + text_of(rule, "overlock_on_overdue"),
               out);
}

}  // namespace

void print_explanation(const json& document, std::ostream& out) {
    if (member(document, "kind") != nullptr) {
        print_many(document, out);
        return;
    }
    const json& desired = object_of(document, "desired");
    const json& grant = object_of(document, "grant");
    out << harmless(text_of(document, "summary")) << "\n\n";
    print_line("rental", text_of(document, "rental"), out);
    print_line("unit", text_of(document, "unit_name"), out);
    print_line("site", text_of(document, "site"), out);
    print_line("renter", whose(desired), out);
    print_line("connection", text_of(document, "connection"), out);
    print_line("desired", text_of(desired, "state") + ": " + joined(list_of(desired, "targets")),
               out);
    print_line("because", joined(list_of(desired, "reasons")), out);
    print_line("decided by", text_of(document, "decided_by"), out);
    print_rule(object_of(document, "rule"), out);
    print_line("from", time_of(desired, "from"), out);
    print_line("until", time_of(desired, "until"), out);
    print_line(
        "granted",
        granted_of(grant, "state", "pending") + ": " + joined(list_of(grant, "targets"), "target"),
        out);
    print_line("at vendor", pairs_of(object_of(grant, "references")), out);
    print_line("detail", text_of(grant, "detail"), out);
    print_line("applied", time_of(grant, "applied"), out);
    print_troubles(document, out);
    print_events_of(list_of(document, "events"), out);
    print_timeline(list_of(document, "steps"), out);
}

void print_dead_letters(const json& document, std::ostream& out) {
    Table table(
        {"letter", "died (UTC)", "business", "task", "key", "attempts", "error", "message"});
    for (const json& letter : list_of(document, "dead_letters")) {
        table.add({text_of(letter, "id"), time_of(letter, "died"), text_of(letter, "business"),
                   text_of(letter, "task"), text_of(letter, "key"), text_of(letter, "attempts"),
                   text_of(letter, "error"), text_of(letter, "message")});
    }
    print_table(table, "no dead letters", out);
    print_next(document, "before", out);
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

void print_alerts(const json& document, std::ostream& out) {
    Table table({"business", "subject", "since (UTC)", "staff's task", "what"});
    for (const json& alert : list_of(document, "alerts")) {
        const bool is_cured = text_of(alert, "cured") != "-";
        table.add({text_of(alert, "business"), text_of(alert, "subject"), time_of(alert, "raised"),
                   text_of(alert, "task"), (is_cured ? "cured: " : "") + text_of(alert, "text")});
    }
    print_table(table, "no alerts", out);
}

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

void print_document(const json& document, std::ostream& out) {
    out << document.dump(2, ' ', true, json::error_handler_t::replace) << '\n';
}

void print_message(const json& document, std::ostream& out) {
    out << harmless(text_of(document, "message")) << '\n';
}

}  // namespace gatehouse::cli
