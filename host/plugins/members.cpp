#include "plugins/members.hpp"

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

std::vector<std::string> known_members(const json& schema) {
    std::vector<std::string> known;
    const auto properties = schema.find("properties");
    if (properties == schema.end()) return known;
    for (const auto& [name, property] : properties->items())
        known.push_back(name);
    return known;
}

// A nested map is closed where its schema lists what it may hold.
bool is_closed(const json& schema, bool is_top) {
    if (schema.contains("patternProperties")) return false;
    const auto further = schema.find("additionalProperties");
    if (further != schema.end()) return *further == false;
    return is_top || schema.contains("properties");
}

// What the schema says of the member: "/to/0" is an item of `to`. An empty object if nothing.
json property_at(const json& schema, std::string_view pointer) {
    const json* part = &schema;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::string name(pointer.substr(0, pointer.find('/')));
        pointer.remove_prefix(name.size());
        const json* inner = member(*part, "properties");
        const json* found = inner == nullptr ? nullptr : member(*inner, name);
        part = found == nullptr ? member(*part, "items") : found;
        if (part == nullptr) return json::object();
    }
    return part->is_object() ? *part : json::object();
}

// A schema's types as people who write YAML call them.
std::string type_in_words(const json& type) {
    if (type.is_array()) {
        std::string words;
        for (const json& one : type) {
            if (!one.is_string()) return "of another type";
            words += (words.empty() ? "" : " or ") + type_in_words(one);
        }
        return words;
    }
    static const std::map<std::string, std::string> words{
        {"string", "text"},     {"boolean", "true or false"}, {"integer", "a whole number"},
        {"number", "a number"}, {"array", "a list"},          {"object", "a map"}};
    const auto found = type.is_string() ? words.find(type.get<std::string>()) : words.end();
    return found == words.end() ? "of another type" : found->second;
}

// Follows on the member's name. What the validator says is for those who know JSON Schema.
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
    return fault.message.starts_with(
               "Failed to validate against schema associated with property") ||
           fault.message.starts_with("Failed to validate item #");
}

// Said by us rather than by the schema, which knows no suggestions. False if there was one. The
// reader of the configuration bounds the depth.
bool knows_all(const Members& members, const json& value, const std::string& pointer,
               config::Problems& problems) {
    if (!value.is_structured()) return true;
    const json schema = property_at(members.schema, pointer);
    const std::vector<std::string> known = known_members(schema);
    bool all_known = true;
    for (const auto& [name, inner] : value.items()) {  // an item's name is its number
        std::string inside = pointer;
        inside.append("/").append(name);
        const bool is_known = std::find(known.begin(), known.end(), name) != known.end();
        if (value.is_array() || is_known) {
            all_known = knows_all(members, inner, inside, problems) && all_known;
        } else if (is_closed(schema, pointer.empty())) {
            all_known = false;
            problems.push_back({place_of(members, inside),
                                members.unknown + " '" + inside.substr(1) + "'",
                                config::nearest_of_all(name, known), Problem::Severity::kError});
        }
    }
    return all_known;
}

}  // namespace

config::Place place_of(const Members& members, std::string pointer) {
    while (true) {
        const auto found = members.written.places.find(pointer);
        if (found != members.written.places.end()) return found->second;
        if (pointer.empty()) return members.place;
        pointer.erase(pointer.rfind('/'));
    }
}

void check_members(const Members& members, config::Problems& problems) {
    const json& written = members.written.value;
    if (!written.is_object()) {
        problems.push_back(
            {members.place, "'" + members.key + "' must be a map", "", Problem::Severity::kError});
        return;
    }
    if (!knows_all(members, written, "", problems)) return;
    for (const SettingFault& fault : faults_in_settings(members.schema, written)) {
        // One mistake, one line: a value that was refused is not blamed for being none as well.
        if (is_repeat(fault) || members.written.refused.contains(fault.pointer)) continue;
        const std::string where = fault.pointer.empty() ? members.key : fault.pointer.substr(1);
        problems.push_back({place_of(members, fault.pointer),
                            "'" + where + "' " + in_words(fault, members.schema), "",
                            Problem::Severity::kError});
    }
}

}  // namespace gatehouse::plugins
