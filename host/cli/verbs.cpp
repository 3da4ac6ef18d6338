#include "cli/verbs.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "cli/printers.hpp"

namespace gatehouse::cli {
namespace {

constexpr Parameter kBusiness{"business", "NAME", "only this business"};
constexpr Parameter kState{"state", "STATE", "only open, ignored, invalid, done or dead ones"};
constexpr Parameter kBefore{"before", "ID", "only those older than this one"};
constexpr Parameter kAfter{"after", "NAME", "only those after this one"};
constexpr Parameter kRental{"rental", "ID", "only what belongs to this rental"};
constexpr Parameter kRenter{"renter", "ID", "only what belongs to this renter"};
constexpr Parameter kTarget{"target", "TARGET", "only at this door, as lock:12"};
constexpr Parameter kConnection{"connection", "NAME", "only what this connection's vendor told"};
constexpr Parameter kFrom{"from", "TIME", "not before, as 2026-11-22 or 2026-11-22T08:00:00Z"};
constexpr Parameter kUntil{"until", "TIME", "before this time"};
constexpr Parameter kCursor{"cursor", "CURSOR", "go on where a page ended"};
constexpr Parameter kLimit{"limit", "COUNT", "at most this many, up to 500"};

constexpr Parameter kOneBusiness{"business", "BUSINESS", "only this business", Form::kArgument};

// A sweep is asked for with one request and watched with others until it has ended.
std::string sweep_report(const nlohmann::json& document) {
    const std::string state = string_member(document, "state").value_or("");
    if (state != "waiting" && state != "running") return "";
    return "/v1/sweeps/" + percent_encode(string_member(document, "business").value_or("")) + '/' +
           percent_encode(string_member(document, "sweep").value_or("")) +
           "?since=" + std::to_string(int_member(document, "since").value_or(0));
}

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
        {"access-log",
         "Show what happened at a business's doors, newest first",
         "GET",
         "/v1/businesses/{BUSINESS}/access-log",
         {kRental, kRenter, kTarget, kConnection, kFrom, kUntil, kCursor, kLimit},
         print_access_log,
         nullptr,
         {},
         print_access_log_csv},
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
         "Say who may open what now, and why: BUSINESS RENTAL, or BUSINESS KIND ID with a rental, "
         "unit, renter or target",
         "GET",
         "/v1/explain/{BUSINESS}/{KIND}/{ID}",
         {kAfter, kLimit},
         print_explanation,
         nullptr,
         "/v1/rentals/{BUSINESS}/{RENTAL}/explain"},
        {"export",
         "Print everything that is held of one renter, as JSON",
         "GET",
         "/v1/businesses/{BUSINESS}/renters/{RENTER}",
         {},
         print_document},
        {"erase",
         "Erase everything that is held of a renter whose rentals have ended",
         "POST",
         "/v1/businesses/{BUSINESS}/renters/{RENTER}/erase",
         {},
         print_message},
        {"replay",
         "Work on an event again",
         "POST",
         "/v1/events/{EVENT}/replay",
         {},
         print_message},
        {"sweep",
         "Compare everything, or what changed, with what is held, and mend what differs",
         "POST",
         "/v1/sweeps/{BUSINESS}",
         {{"full", "", "everything, the vendors included; the default", Form::kFlag},
          {"delta", "", "only what changed since the last sweep", Form::kFlag},
          {"dry-run", "", "only tell what differs", Form::kFlag},
          {"trust", "", "the lists are right, however much is missing in them", Form::kFlag}},
         print_sweep,
         sweep_report},
        {"fuse",
         "List ends that wait for a person, or let them pass",
         "GET",
         "/v1/fuse",
         {kOneBusiness,
          {"confirm", "RENTAL", "end this one's access"},
          {"confirm-all", "", "end the access of all of the business's", Form::kFlag},
          kLimit},
         print_fuse},
        {"alerts",
         "List what needs a person, oldest first",
         "GET",
         "/v1/alerts",
         {kOneBusiness, kLimit},
         print_alerts},
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
        {"dead-letters discard",
         "Put a task away that was given up and that nobody can help",
         "POST",
         "/v1/dead-letters/{LETTER}/discard",
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
