#include "notify/routes.hpp"

#include <algorithm>
#include <charconv>

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "notify/pattern.hpp"

namespace gatehouse::notify {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxIdBytes = 128;
constexpr std::size_t kMaxTextBytes = 300;

template <typename Number>
std::optional<Number> number_from(std::string_view text) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::string digest_of(const config::Notify& route, const json& rest) {
    constexpr std::size_t kDigits = 16;
    return to_hex(sha256(dump_json(json::array({route.connection, rest})))).substr(0, kDigits);
}

std::string when_of(const config::Notify& route) {
    return digest_of(route, json::array({route.on, route.sites}));
}

// Null if none or several are meant for these events.
const config::Notify* only_one_for(const std::string& when,
                                   const std::vector<config::Notify>& routes) {
    const config::Notify* only = nullptr;
    for (const config::Notify& route : routes) {
        if (when_of(route) != when) continue;
        if (only != nullptr) return nullptr;
        only = &route;
    }
    return only;
}

// By its text; where several say the same, by its place.
const config::Notify* find_route(const Told& told, const std::vector<config::Notify>& routes) {
    const config::Notify* at_place =
        told.route < routes.size() && routes[told.route].connection == told.connection
            ? &routes[told.route]
            : nullptr;
    if (told.what.empty()) return at_place;
    if (at_place != nullptr && what_of(*at_place) == told.what) return at_place;
    for (const config::Notify& route : routes) {
        if (what_of(route) == told.what) return &route;
    }
    return told.when.empty() ? nullptr : only_one_for(told.when, routes);
}

std::string alert_key(const Told& told) {
    const News& alert = *told.alert;
    return dump_json({{"alert", alert.is_cured ? "cured" : "raised"},
                      {"at", alert.at_ms},
                      {"route", told.route},
                      {"connection", told.connection},
                      {"what", told.what},
                      {"when", told.when},
                      {"subject", shorten(alert.subject, kMaxIdBytes)},
                      {"text", shorten(alert.text, kMaxTextBytes)},
                      {"rental", shorten(alert.rental_id, kMaxIdBytes)},
                      {"unit", shorten(alert.unit_id, kMaxIdBytes)}});
}

std::optional<Told> alert_from(std::string_view key) {
    const Result<json> document = parse_json(key);
    if (!document) return std::nullopt;
    const auto route = int_member(*document, "route");
    const auto kind = string_member(*document, "alert");
    if (!route || *route < 0 || !kind) return std::nullopt;
    News alert;
    alert.is_cured = *kind == "cured";
    alert.at_ms = int_member(*document, "at").value_or(0);
    alert.subject = string_member(*document, "subject").value_or("");
    alert.text = string_member(*document, "text").value_or("");
    alert.rental_id = string_member(*document, "rental").value_or("");
    alert.unit_id = string_member(*document, "unit").value_or("");
    Told told;
    told.route = static_cast<std::size_t>(*route);
    told.connection = string_member(*document, "connection").value_or("");
    told.what = string_member(*document, "what").value_or("");
    told.when = string_member(*document, "when").value_or("");
    told.alert = std::move(alert);
    return told;
}

}  // namespace

Told told_through(const std::vector<config::Notify>& routes, std::size_t i) {
    Told told;
    told.route = i;
    told.connection = routes[i].connection;
    told.what = what_of(routes[i]);
    told.when = when_of(routes[i]);
    if (only_one_for(told.when, routes) == nullptr) told.when.clear();
    return told;
}

std::string what_of(const config::Notify& route) {
    return digest_of(route, route.message.value);
}

std::string to_key(const Told& told) {
    if (told.alert) return alert_key(told);
    return std::to_string(told.event_id) + '/' + std::to_string(told.route) + '/' +
           told.connection + '/' + told.what + '/' + told.when;
}

std::optional<Told> told_from(std::string_view key) {
    if (key.starts_with('{')) return alert_from(key);
    const std::size_t first = key.find('/');
    const std::size_t second = key.find('/', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
    const auto event_id = number_from<std::int64_t>(key.substr(0, first));
    const auto route = number_from<std::size_t>(key.substr(first + 1, second - first - 1));
    if (!event_id || !route) return std::nullopt;
    Told told;
    told.event_id = *event_id;
    told.route = *route;
    std::string_view rest = key.substr(second + 1);
    for (std::string* part : {&told.connection, &told.what, &told.when}) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        *part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return told;
}

std::vector<std::size_t> routes_for(const std::vector<config::Notify>& routes,
                                    std::string_view event_type) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        if (matches_any(routes[i].on, event_type)) found.push_back(i);
    }
    return found;
}

const config::Notify* route_of(const Told& told, const std::vector<config::Notify>& routes,
                               std::string_view event_type) {
    const config::Notify* route = find_route(told, routes);
    return route != nullptr && matches_any(route->on, event_type) ? route : nullptr;
}

}  // namespace gatehouse::notify
