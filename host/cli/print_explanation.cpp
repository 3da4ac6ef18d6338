#include <ostream>
#include <string>

#include "base/json.hpp"
#include "cli/pieces.hpp"
#include "cli/printers.hpp"

namespace gatehouse::cli {
namespace {

using nlohmann::json;

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

}  // namespace gatehouse::cli
