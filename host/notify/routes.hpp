// Routes: the names of messages to be sent, as keys of durable tasks, and what an alert's news is.
// Pure. [any thread]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"

namespace gatehouse::notify {

constexpr std::string_view kAlertRaised = "gatehouse.alert.raised";
constexpr std::string_view kAlertCured = "gatehouse.alert.cured";

// An alert's news has no stored event, and its record may be gone when it is told: everything that
// a message can say stands here.
struct News {
    bool is_cured = false;
    UnixMs at_ms = 0;
    std::string subject;  // "rental:<id>"
    std::string text;     // one line for people
    std::string rental_id;
    std::string unit_id;

    std::string_view type() const { return is_cured ? kAlertCured : kAlertRaised; }
};

// One message: which route of the business it is for. A route has no name: it is known by what it
// says, wherever the configuration has put it since.
struct Told {
    std::int64_t event_id = 0;  // 0: an alert's news
    std::size_t route = 0;      // its place when the message was made
    std::string connection;
    std::string what = {};  // digest of connection and text; empty in keys of earlier builds
    std::string when = {};  // digest of connection, patterns and sites; empty if several share them
    std::optional<News> alert = {};
};

// The message of the route at place `i`.
Told told_through(const std::vector<config::Notify>& routes, std::size_t i);

// Digest of a route's connection and text.
std::string what_of(const config::Notify& route);

// "<event id>/<route>/<connection>/<what>/<when>", or a JSON object for an alert's news, its text
// shortened.
std::string to_key(const Told& told);
std::optional<Told> told_from(std::string_view key);

// The places in `routes` of those that want events of this type.
std::vector<std::size_t> routes_for(const std::vector<config::Notify>& routes,
                                    std::string_view event_type);

// The route that `told` names: the one with its text, else the only one of its events, whose text
// was changed then. Null if the configuration has none like it any more.
const config::Notify* route_of(const Told& told, const std::vector<config::Notify>& routes,
                               std::string_view event_type);

}  // namespace gatehouse::notify
