#include <ostream>

#include "cli/pieces.hpp"
#include "cli/printers.hpp"

namespace gatehouse::cli {

using nlohmann::json;

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

}  // namespace gatehouse::cli
