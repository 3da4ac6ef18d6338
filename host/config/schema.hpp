// The JSON Schema (draft 7) of the YAML files, made from the same lists of keys that the reader
// uses (host_fields.hpp).
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "config/fields.hpp"

namespace gatehouse::config {

// One document for both kinds of file: a map with the key `business` is a business, any other is
// gatehouse.yaml. `plugin_settings` holds each plugin's settings schema by plugin id; a connection
// of that plugin is held to it, with a reference allowed in every value's place. [any thread]
nlohmann::json config_schema(const std::map<std::string, nlohmann::json>& plugin_settings);

// The schema of one map. For plugin manifests and other files read through Fields.
nlohmann::json fields_schema(const Fields::Fill& fill);

}  // namespace gatehouse::config
