#include "admin/api.hpp"

#include <algorithm>

#include "admin/access_log.hpp"
#include "admin/explain.hpp"
#include "admin/known_business.hpp"
#include "admin/replies.hpp"
#include "admin/views.hpp"
#include "base/encoding.hpp"
#include "dispatch/event_types.hpp"

namespace gatehouse::admin {
namespace {

using edge::HttpResponse;
using nlohmann::json;

constexpr std::size_t kMaxNameBytes = 40;

// What every list takes; a reply where one of them cannot be read.
std::optional<HttpResponse> refuse_page(const Request& request) {
    if (limit_of(request) == 0) return refusal(400, "limit must be a number from 1 to 500");
    const auto before = request.query.find("before");
    if (before != request.query.end() && !parse_id(before->second)) {
        return refusal(400, "before must be an id");
    }
    return std::nullopt;
}

std::int64_t before_of(const Request& request) {
    const auto found = request.query.find("before");
    return found == request.query.end() ? 0 : parse_id(found->second).value_or(0);
}

}  // namespace

struct Api::Route {
    std::string_view method;
    std::vector<std::string_view> path;  // "*" = any one segment
    std::vector<std::string_view> parameters;
    HttpResponse (Api::*answer)(const Request&);
    std::vector<std::string_view> flags = {};  // parameters, too: each is true or false

    // A reply where a parameter cannot be meant: nothing is done then, least of all without it.
    std::optional<HttpResponse> refuse_parameters(const Request& request) const {
        for (const auto& [name, value] : request.query) {
            const bool is_flag = std::ranges::find(flags, name) != flags.end();
            if (!is_flag && std::ranges::find(parameters, name) == parameters.end()) {
                return refusal(400, "unknown parameter '" + shorten(name, kMaxNameBytes) + "'");
            }
            if (is_flag && value != "true" && value != "false") {
                return refusal(400, name + " must be true or false");
            }
        }
        return refuse_page(request);
    }

    bool matches(const Request& request) const {
        return std::equal(path.begin(), path.end(), request.path.begin(), request.path.end(),
                          [](std::string_view part, const std::string& segment) {
                              return part == "*" || part == segment;
                          });
    }
};

HttpResponse Api::answer(const Request& request) {
    static const std::vector<Route> routes{
        {"GET", {"readyz"}, {}, &Api::ready},
        {"GET", {"metrics"}, {}, &Api::metrics},
        {"GET", {"v1", "version"}, {}, &Api::version},
        {"GET", {"v1", "plugins"}, {}, &Api::plugins},
        {"GET", {"v1", "businesses"}, {"after", "limit"}, &Api::businesses},
        {"GET",
         {"v1", "businesses", "*", "access-log"},
         {"connection", "rental", "renter", "target", "from", "until", "cursor", "limit", "format"},
         &Api::access_log},
        {"GET", {"v1", "businesses", "*", "renters", "*"}, {}, &Api::renter},
        {"POST", {"v1", "businesses", "*", "renters", "*", "erase"}, {}, &Api::erase_renter},
        {"GET", {"v1", "events"}, {"business", "state", "before", "limit"}, &Api::events},
        {"GET", {"v1", "events", "*"}, {}, &Api::event},
        {"GET", {"v1", "events", "by-sender", "*", "*", "*"}, {}, &Api::event_by_sender},
        {"POST", {"v1", "events", "*", "replay"}, {}, &Api::replay_event},
        {"GET", {"v1", "rentals", "*"}, {"after", "limit"}, &Api::rentals},
        {"GET", {"v1", "rentals", "*", "*", "explain"}, {}, &Api::explain},
        {"GET", {"v1", "explain", "*", "*", "*"}, {"after", "limit"}, &Api::explain_kind},
        {"GET", {"v1", "dead-letters"}, {"business", "before", "limit"}, &Api::dead_letters},
        {"POST", {"v1", "dead-letters", "*", "replay"}, {}, &Api::replay_dead_letter},
        {"POST", {"v1", "dead-letters", "*", "discard"}, {}, &Api::discard_dead_letter},
        {"POST", {"v1", "sweeps", "*"}, {}, &Api::sweep, {"full", "delta", "dry-run", "trust"}},
        {"GET", {"v1", "sweeps", "*", "*"}, {"since"}, &Api::sweep_report},
        {"GET", {"v1", "fuse"}, {"business", "limit"}, &Api::fuse},
        {"POST", {"v1", "fuse", "*", "confirm"}, {"rental"}, &Api::confirm, {"all"}},
        {"GET", {"v1", "alerts"}, {"business", "limit"}, &Api::alerts},
    };
    bool is_known_path = false;
    for (const Route& route : routes) {
        if (!route.matches(request)) continue;
        is_known_path = true;
        if (route.method != request.method) continue;
        if (auto refused = route.refuse_parameters(request)) return std::move(*refused);
        return (this->*route.answer)(request);
    }
    return is_known_path ? refusal(405, "method not allowed") : refusal(404, "no such path");
}

HttpResponse Api::ready(const Request& /*request*/) {
    const auto writable = deps_.store.check_writable();
    const auto queue = deps_.store.queue_state();
    const bool is_store_ready = writable.has_value() && queue.has_value();
    bool are_plugins_loaded = true;
    json plugins = json::object();
    for (const plugins::PluginStatus& status : deps_.plugins.status()) {
        // One that was refused or is restarting harms only its own connections (promise P9).
        if (status.state == plugins::PluginState::kStarting) are_plugins_loaded = false;
        plugins[status.id] = plugins::to_string(status.state);
    }
    json oldest_due_ms = nullptr;
    if (queue && queue->oldest_due_ms) {
        oldest_due_ms = std::max<UnixMs>(0, deps_.clock.now_ms() - *queue->oldest_due_ms);
    }
    const bool is_edge_full = deps_.is_edge_full && deps_.is_edge_full();
    const bool is_ready = is_store_ready && are_plugins_loaded && !is_edge_full;
    return reply({{"ready", is_ready},
                  {"store", deps_.store.damage() ? "damaged"
                            : is_store_ready     ? "writable"
                                                 : "not writable"},
                  {"plugins", std::move(plugins)},
                  {"edge", is_edge_full ? "full: senders are refused" : "open"},
                  {"oldest_due_age_ms", std::move(oldest_due_ms)},
                  {"fingerprint", deps_.config->fingerprint}},
                 is_ready ? 200 : 503);
}

HttpResponse Api::metrics(const Request& /*request*/) {
    HttpResponse response;
    response.body = deps_.metrics.text();
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return response;
}

HttpResponse Api::version(const Request& /*request*/) {
    return reply({{"version", deps_.version}, {"fingerprint", deps_.config->fingerprint}});
}

HttpResponse Api::plugins(const Request& /*request*/) {
    json list = json::array();
    for (const plugins::PluginStatus& status : deps_.plugins.status()) {
        list.push_back(plugin_view(status));
    }
    return reply({{"plugins", std::move(list)}});
}

HttpResponse Api::businesses(const Request& request) {
    const auto limit = static_cast<std::size_t>(limit_of(request));
    json list = json::array();
    json next = nullptr;
    const auto& all = deps_.config->businesses;
    for (auto entry = all.upper_bound(text_of(request, "after").value_or("")); entry != all.end();
         ++entry) {
        if (list.size() == limit) {
            next = list.back()["business"];
            break;
        }
        const auto uses = deps_.store.secret_uses(entry->first);
        if (!uses) return refusal(uses.error());
        list.push_back(business_view(entry->second, *uses));
    }
    // With the first page.
    json refused = json::array();
    if (!text_of(request, "after")) {
        for (const auto& [name, business] : deps_.config->refused)
            refused.push_back({{"business", name}, {"reason", business.reason}});
    }
    return reply({{"businesses", std::move(list)},
                  {"refused", std::move(refused)},
                  {"next_after", std::move(next)}});
}

HttpResponse Api::access_log(const Request& request) {
    return access_log_reply(deps_.store, *deps_.config, request);
}

HttpResponse Api::events(const Request& request) {
    store::EventFilter filter;
    filter.business = text_of(request, "business");
    filter.before_id = before_of(request);
    filter.limit = limit_of(request);
    if (const auto word = text_of(request, "state")) {
        filter.state = store::event_state_from_string(*word);
        if (!filter.state) {
            return refusal(400, "state must be open, ignored, invalid, done or dead");
        }
    }
    const auto found = deps_.store.events(filter);
    if (!found) return refusal(found.error());
    if (found->empty() && filter.before_id == 0) {
        if (auto refused = refuse_unknown(*deps_.config, filter.business)) {
            return std::move(*refused);
        }
    }
    json list = json::array();
    for (const store::Event& event : *found)
        list.push_back(event_view(event));
    json next = nullptr;
    if (std::ssize(*found) == filter.limit) next = found->back().id;
    return reply({{"events", std::move(list)}, {"next_before", std::move(next)}});
}

HttpResponse Api::event(const Request& request) {
    const auto id = parse_id(request.path[2]);
    if (!id) return refusal(400, "an event's id is a number");
    return with_timeline(deps_.store.event(*id));
}

HttpResponse Api::event_by_sender(const Request& request) {
    const auto found =
        deps_.store.event_by_sender_id(request.path[3], request.path[4], request.path[5]);
    if (found && !*found) {
        if (auto refused = refuse_unknown(*deps_.config, request.path[3])) {
            return std::move(*refused);
        }
    }
    return with_timeline(found);
}

HttpResponse Api::with_timeline(const Result<std::optional<store::Event>>& found) {
    if (!found) return refusal(found.error());
    if (!*found) return refusal(404, "no such event");
    const store::Event& event = **found;
    const auto timeline = deps_.store.timeline(event.id);
    if (!timeline) return refusal(timeline.error());
    json view = event_view(event);
    view["rentals"] = event.rentals;
    view["body_bytes"] = event.body.size();
    view["timeline"] = timeline_view(*timeline);
    return reply(view);
}

HttpResponse Api::replay_event(const Request& request) {
    const auto id = parse_id(request.path[2]);
    if (!id) return refusal(400, "an event's id is a number");
    const auto found = deps_.store.event(*id);
    if (!found) return refusal(found.error());
    if (!*found) return refusal(404, "no such event");
    const store::Event& event = **found;
    if (event.state == store::EventState::kInvalid) {
        return refusal(409, "the event is not usable: its body is no JSON event");
    }
    if (event.body.empty()) {
        return refusal(409, "of an ignored event as large as this one the body is not kept");
    }
    // The event's own id is known and would be swallowed as a duplicate; a task is not an event.
    dispatch::NewTask task;
    task.business = event.business;
    if (event.source == "storeganise") {
        const bool asks = dispatch::asks_for_a_look(event.type);
        task.kind = asks ? dispatch::TaskKind::kResolve : dispatch::TaskKind::kRoute;
        task.key = std::to_string(event.id);
    } else {
        task.kind = dispatch::TaskKind::kInbound;
        task.key = dispatch::inbound_key(event.source, event.sender_id);
    }
    task.due_ms = deps_.clock.now_ms();
    task.event_id = event.id;
    if (const auto done = deps_.store.enqueue({task}); !done) return refusal(done.error());
    return reply({{"message", "replayed"}, {"event", event.id}}, 202);
}

HttpResponse Api::rentals(const Request& request) {
    const int limit = limit_of(request);
    const auto found =
        deps_.store.rentals(request.path[2], text_of(request, "after").value_or(""), limit);
    if (!found) return refusal(found.error());
    if (found->empty()) {
        if (auto refused = refuse_unknown(*deps_.config, request.path[2])) {
            return std::move(*refused);
        }
    }
    json list = json::array();
    for (const access::RentalRecord& record : *found)
        list.push_back(rental_view(record));
    json next = nullptr;
    if (std::ssize(*found) == limit) next = found->back().rental_id;
    return reply({{"rentals", std::move(list)}, {"next_after", std::move(next)}});
}

HttpResponse Api::explain(const Request& request) {
    return explain_rental(request.path[2], request.path[3]);
}

HttpResponse Api::explain_kind(const Request& request) {
    const std::string& kind = request.path[3];
    if (kind == "rental") return explain_rental(request.path[2], request.path[4]);
    for (const access::RentalKey key :
         {access::RentalKey::kUnit, access::RentalKey::kRenter, access::RentalKey::kTarget}) {
        if (kind == to_string(key)) return explain_many(request, key);
    }
    return refusal(400, "what is explained is a rental, unit, renter or target");
}

HttpResponse Api::explain_rental(const std::string& business, const std::string& rental_id) {
    StoryReader reader(deps_.store, *deps_.config, deps_.clock.now_ms());
    const auto story = reader.rental(business, rental_id);
    if (!story) return refusal(story.error());
    if (story->is_unknown()) {
        if (auto refused = refuse_unknown(*deps_.config, business)) return std::move(*refused);
        return refusal(404, "Gatehouse knows nothing of this rental");
    }
    json view = explain_view(*story);
    const auto shut =
        story->record ? deps_.plugins.shut(business, story->record->connection) : std::nullopt;
    view["shut"] = shut ? json(shut->message) : json(nullptr);
    return reply(view);
}

HttpResponse Api::explain_many(const Request& request, access::RentalKey key) {
    const Asked asked{request.path[2], key, request.path[4]};
    const int limit = limit_of(request);
    const std::string after = text_of(request, "after").value_or("");
    const auto records = deps_.store.rentals_by(asked.business, key, asked.id, after, limit);
    if (!records) return refusal(records.error());
    if (records->empty() && after.empty()) {
        if (auto refused = refuse_unknown(*deps_.config, asked.business)) {
            return std::move(*refused);
        }
        return refusal(404, "Gatehouse knows no rental of this " + std::string(to_string(key)));
    }
    StoryReader reader(deps_.store, *deps_.config, deps_.clock.now_ms());
    std::vector<RentalStory> stories;
    for (const access::RentalRecord& record : *records) {
        auto story = reader.of_record(record);
        if (!story) return refusal(story.error());
        stories.push_back(std::move(*story));
    }
    json view = explain_many_view(asked, stories);
    const bool is_full = std::ssize(*records) == limit;
    view["next_after"] = is_full ? json(records->back().rental_id) : json(nullptr);
    return reply(view);
}

HttpResponse Api::dead_letters(const Request& request) {
    const int limit = limit_of(request);
    const auto business = text_of(request, "business");
    const auto found = deps_.store.dead_letters(business, before_of(request), limit);
    if (!found) return refusal(found.error());
    if (found->empty() && before_of(request) == 0) {
        if (auto refused = refuse_unknown(*deps_.config, business)) return std::move(*refused);
    }
    json list = json::array();
    for (const dispatch::DeadLetter& letter : *found)
        list.push_back(dead_letter_view(letter));
    json next = nullptr;
    if (std::ssize(*found) == limit) next = found->back().id;
    return reply({{"dead_letters", std::move(list)}, {"next_before", std::move(next)}});
}

HttpResponse Api::replay_dead_letter(const Request& request) {
    const auto id = parse_id(request.path[2]);
    if (!id) return refusal(400, "a dead letter's id is a number");
    const auto done = deps_.store.replay_dead_letter(*id, deps_.clock.now_ms());
    if (!done) return refusal(done.error());
    return reply({{"message", "replayed"}, {"dead_letter", *id}}, 202);
}

HttpResponse Api::discard_dead_letter(const Request& request) {
    const auto id = parse_id(request.path[2]);
    if (!id) return refusal(400, "a dead letter's id is a number");
    const auto done = deps_.store.discard_dead_letter(*id);
    if (!done) return refusal(done.error());
    return reply({{"message", "discarded"}, {"dead_letter", *id}});
}

}  // namespace gatehouse::admin
