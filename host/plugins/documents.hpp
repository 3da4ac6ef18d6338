// Documents: the JSON that crosses the plugin ABI, held against plugin-api/schemas, which are built
// into the host. A plugin's result is believed only as far as its schema says.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::plugins {

// What is wrong with `document`, by a schema's name ("access.apply.result"); empty if nothing is.
// Names members, never values. [any thread]
std::string fault_in(std::string_view schema, const nlohmann::json& document);

// The result of a function ("access.apply") as the plugin gave it. kInternal: too large, not UTF-8,
// not JSON or not of the function's schema.
Result<nlohmann::json> read_result(std::string_view function, std::string_view text);

// Whether this is a function of ABI 1.1, and the feature that offers it ("gatehouse.access/1");
// empty if it is none.
std::string_view feature_of(std::string_view function);

// A fault of a settings schema itself: not an object's schema, not a schema at all, or with a
// `secret` mark that is not on a text at the top. Empty if there is none.
std::string fault_in_settings_schema(const nlohmann::json& schema);

// The same of the schema of a route's message, in which nothing is secret.
std::string fault_in_message_schema(const nlohmann::json& schema);

struct SettingFault {
    std::string pointer;  // of the member at fault: "/api_key"; empty = the whole
    std::string message;
};

// What is wrong with a connection's settings, or a route's message, by its manifest's schema. Names
// members, never values.
std::vector<SettingFault> faults_in_settings(const nlohmann::json& schema,
                                             const nlohmann::json& settings);

}  // namespace gatehouse::plugins
