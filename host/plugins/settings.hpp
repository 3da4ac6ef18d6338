// Settings: a connection's settings as written, bound to what its plugin's manifest asks for. This
// is where secrets part from the rest (promise P8).
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/secret.hpp"
#include "config/config.hpp"
#include "config/problem.hpp"
#include "plugins/manifest.hpp"

namespace gatehouse::plugins {

struct BoundSettings {
    nlohmann::json document = nlohmann::json::object();  // without the secrets
    std::map<std::string, Secret> secrets;               // by the setting's name
};

// Adds each fault to `problems` at the place where the value stands; the result is of use only if
// none was added. Warns of a secret that is written out. Messages never hold a value.
BoundSettings bind_settings(const config::Connection& connection, const Manifest& manifest,
                            config::Problems& problems);

}  // namespace gatehouse::plugins
