#include "plugins/settings.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "base/json.hpp"
#include "config/suggest.hpp"
#include "plugins/documents.hpp"

namespace gatehouse::plugins {
namespace {

using config::Problem;
using nlohmann::json;

// The place of a member, or of the nearest thing around it that has one.
config::Place place_of(const config::Connection& connection, std::string pointer) {
    while (true) {
        const auto found = connection.settings.places.find(pointer);
        if (found != connection.settings.places.end()) return found->second;
        if (pointer.empty()) return connection.place;
        pointer.erase(pointer.rfind('/'));
    }
}

std::vector<std::string> known_settings(const json& schema) {
    std::vector<std::string> known;
    const auto properties = schema.find("properties");
    if (properties == schema.end()) return known;
    for (const auto& [name, property] : properties->items())
        known.push_back(name);
    return known;
}

bool is_closed(const json& schema) {
    const bool is_open = schema.value("additionalProperties", json(false)) != false;
    return !is_open && !schema.contains("patternProperties");
}

json property_at(const json& schema, const std::string& pointer) {
    const auto properties = schema.find("properties");
    if (properties == schema.end() || pointer.empty()) return {};
    return properties->value(pointer.substr(1), json());
}

// A schema's types as people who write YAML call them.
std::string type_in_words(const json& type) {
    static const std::map<std::string, std::string> words{
        {"string", "text"},     {"boolean", "true or false"}, {"integer", "a whole number"},
        {"number", "a number"}, {"array", "a list"},          {"object", "a map"}};
    const auto found = type.is_string() ? words.find(type.get<std::string>()) : words.end();
    return found == words.end() ? "of another type" : found->second;
}

// Follows on the setting's name. What the validator says is for those who know JSON Schema.
std::string in_words(const SettingFault& fault, const json& schema) {
    const std::string& said = fault.message;
    const json property = property_at(schema, fault.pointer);
    if (said.starts_with("Missing required property")) {
        return "lacks " + said.substr(said.find('\''), said.rfind('\'') - said.find('\'') + 1);
    }
    if (said.find("'type' constraint") != std::string::npos) {
        return "must be " + type_in_words(property.value("type", json()));
    }
    const std::string pattern = string_member(property, "pattern").value_or("");
    if (said.find("'pattern' constraint") != std::string::npos && !pattern.empty()) {
        return "must match " + pattern;
    }
    return "cannot be used: " + said;
}

// The validator tells each fault again for what is around it.
bool is_repeat(const SettingFault& fault) {
    return fault.message.starts_with("Failed to validate against schema associated with property");
}

// Said by us rather than by the schema, which knows no suggestions. False if there was one.
bool knows_all(const config::Connection& connection, const Manifest& manifest,
               config::Problems& problems) {
    if (!is_closed(manifest.settings_schema)) return true;
    const std::vector<std::string> known = known_settings(manifest.settings_schema);
    bool all_known = true;
    for (const auto& [name, value] : connection.settings.value.items()) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        all_known = false;
        problems.push_back({place_of(connection, "/" + name),
                            "plugin " + manifest.plugin + " has no setting '" + name + "'",
                            config::did_you_mean(name, known), Problem::Severity::kError});
    }
    return all_known;
}

bool is_secret(const json& schema, const std::string& name) {
    const auto properties = schema.find("properties");
    if (properties == schema.end() || !properties->contains(name)) return false;
    const json& property = (*properties)[name];
    return property.is_object() && property.value("secret", false);
}

}  // namespace

BoundSettings bind_settings(const config::Connection& connection, const Manifest& manifest,
                            config::Problems& problems) {
    BoundSettings bound;
    const json& written = connection.settings.value;
    if (!written.is_object()) {
        problems.push_back(
            {connection.place, "'settings' must be a map", "", Problem::Severity::kError});
        return bound;
    }
    if (knows_all(connection, manifest, problems)) {
        for (const SettingFault& fault : faults_in_settings(manifest.settings_schema, written)) {
            if (is_repeat(fault)) continue;
            const std::string where = fault.pointer.empty() ? "settings" : fault.pointer.substr(1);
            problems.push_back({place_of(connection, fault.pointer),
                                "'" + where + "' " + in_words(fault, manifest.settings_schema), "",
                                Problem::Severity::kError});
        }
    }
    for (const auto& [name, value] : written.items()) {
        if (!is_secret(manifest.settings_schema, name) || !value.is_string()) {
            bound.document[name] = value;
            continue;
        }
        bound.document[name] = "{{secret:" + name + "}}";
        bound.secrets.emplace(name, Secret(value.get<std::string>()));
        if (!connection.settings.labels.contains("/" + name)) {
            problems.push_back({place_of(connection, "/" + name),
                                "'" + name + "' is a secret written out in the file",
                                "use ${env:NAME} or ${file:/path}", Problem::Severity::kWarning});
        }
    }
    return bound;
}

}  // namespace gatehouse::plugins
