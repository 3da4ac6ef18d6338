#include "notify/routes.hpp"

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

std::string alert_key(const Told& told) {
    const News& alert = *told.alert;
    return dump_json({{"alert", alert.is_cured ? "cured" : "raised"},
                      {"at", alert.at_ms},
                      {"route", told.route},
                      {"connection", told.connection},
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
    told.alert = std::move(alert);
    return told;
}

}  // namespace

std::string to_key(const Told& told) {
    if (told.alert) return alert_key(told);
    return std::to_string(told.event_id) + '/' + std::to_string(told.route) + '/' + told.connection;
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
    told.connection = key.substr(second + 1);
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
    if (told.route >= routes.size()) return nullptr;
    const config::Notify& route = routes[told.route];
    const bool is_the_same =
        route.connection == told.connection && matches_any(route.on, event_type);
    return is_the_same ? &route : nullptr;
}

}  // namespace gatehouse::notify
