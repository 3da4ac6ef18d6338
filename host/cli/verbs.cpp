#include "cli/verbs.hpp"

#include "cli/printers.hpp"

namespace gatehouse::cli {
namespace {

constexpr Parameter kBusiness{"business", "NAME", "only this business"};
constexpr Parameter kState{"state", "STATE", "only open, ignored, invalid, done or dead ones"};
constexpr Parameter kBefore{"before", "ID", "only those older than this one"};
constexpr Parameter kAfter{"after", "NAME", "only those after this one"};
constexpr Parameter kLimit{"limit", "COUNT", "at most this many, up to 500"};

}  // namespace

const std::vector<RemoteVerb>& remote_verbs() {
    static const std::vector<RemoteVerb> verbs{
        {"plugins", "Show the plugins and how they are", "GET", "/v1/plugins", {}, print_plugins},
        {"businesses",
         "Show businesses, their connections and the use of their secrets",
         "GET",
         "/v1/businesses",
         {kAfter, kLimit},
         print_businesses},
        {"events list",
         "List events, newest first",
         "GET",
         "/v1/events",
         {kBusiness, kState, kBefore, kLimit},
         print_events},
        {"events show",
         "Show one event and its timeline",
         "GET",
         "/v1/events/{EVENT}",
         {},
         print_event},
        {"events find",
         "Show the event that a sender gave this id",
         "GET",
         "/v1/events/by-sender/{BUSINESS}/{SOURCE}/{SENDER_ID}",
         {},
         print_event},
        {"rentals",
         "List a business's rentals and their access",
         "GET",
         "/v1/rentals/{BUSINESS}",
         {kAfter, kLimit},
         print_rentals},
        {"explain",
         "Say who may open what through a rental, and why",
         "GET",
         "/v1/rentals/{BUSINESS}/{RENTAL}/explain",
         {},
         print_explanation},
        {"replay",
         "Work on an event again",
         "POST",
         "/v1/events/{EVENT}/replay",
         {},
         print_message},
        {"dead-letters list",
         "List the tasks that were given up, newest first",
         "GET",
         "/v1/dead-letters",
         {kBusiness, kBefore, kLimit},
         print_dead_letters},
        {"dead-letters replay",
         "Try a task again that was given up",
         "POST",
         "/v1/dead-letters/{LETTER}/replay",
         {},
         print_message},
    };
    return verbs;
}

std::vector<std::string> arguments_of(const RemoteVerb& verb) {
    std::vector<std::string> names;
    for (std::size_t open = verb.target.find('{'); open != std::string_view::npos;
         open = verb.target.find('{', open + 1)) {
        names.emplace_back(verb.target.substr(open + 1, verb.target.find('}', open) - open - 1));
    }
    return names;
}

}  // namespace gatehouse::cli
