// Members: what a person wrote for a plugin, a connection's settings or a route's message, held
// against the schema that the plugin's manifest gives it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "config/config.hpp"
#include "config/problem.hpp"

namespace gatehouse::plugins {

struct Members {
    const config::RawSettings& written;
    const config::Place& place;  // where nothing nearer is known
    const nlohmann::json& schema;
    std::string key;      // "settings"
    std::string unknown;  // what goes before an unknown member: "plugin kisi has no setting"
};

// Adds each fault to `problems` at the place where the value stands: an unknown member with those
// that are known, a missing one, one of another type. Messages never hold a value. [any thread]
void check_members(const Members& members, config::Problems& problems);

// The place of a member ("/api_key"), or of the nearest thing around it that has one.
config::Place place_of(const Members& members, std::string pointer);

}  // namespace gatehouse::plugins
