#include "plugins/schema_words.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/encoding.hpp"
#include "config/suggest.hpp"

namespace gatehouse::plugins {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

constexpr int kMaxDepth = 32;

// By what their values are.
const Words& words_of_data() {
    static const Words words{
        "$schema",     "$id",           "$ref",          "$comment",        "title",
        "description", "default",       "examples",      "readOnly",        "writeOnly",
        "multipleOf",  "maximum",       "minimum",       "pattern",         "exclusiveMaximum",
        "maxLength",   "minLength",     "maxItems",      "minItems",        "exclusiveMinimum",
        "uniqueItems", "maxProperties", "minProperties", "required",        "const",
        "enum",        "type",          "format",        "contentEncoding", "contentMediaType",
        "secret"};
    return words;
}

const Words& words_of_schemas() {
    static const Words words{"items",         "additionalItems",
                             "contains",      "additionalProperties",
                             "propertyNames", "if",
                             "then",          "else",
                             "allOf",         "anyOf",
                             "oneOf",         "not"};
    return words;
}

const Words& words_of_named_schemas() {
    static const Words words{"properties", "patternProperties", "definitions", "dependencies"};
    return words;
}

bool contains(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string unknown(const std::string& word) {
    Words all = words_of_data();
    for (const Words& more : {words_of_schemas(), words_of_named_schemas()})
        all.insert(all.end(), more.begin(), more.end());
    const std::string nearest = config::nearest_of_many(word, all);
    return "uses '" + shorten(word, 64) + "', which JSON Schema does not know" +
           (nearest.empty() ? "" : " (" + nearest + ")");
}

std::string fault_at(const json& schema, int depth);

std::string fault_in_each(const json& schemas, int depth) {
    for (const json& schema : schemas) {
        if (std::string fault = fault_at(schema, depth); !fault.empty()) return fault;
    }
    return {};
}

std::string fault_at(const json& schema, int depth) {
    if (depth > kMaxDepth) return "is nested too deeply";
    if (schema.is_array()) return fault_in_each(schema, depth + 1);
    if (!schema.is_object()) return {};
    for (const auto& [word, value] : schema.items()) {
        std::string fault;
        if (contains(words_of_schemas(), word)) {
            fault = fault_at(value, depth + 1);
        } else if (contains(words_of_named_schemas(), word)) {
            fault = value.is_object() ? fault_in_each(value, depth + 1) : "";
        } else if (!contains(words_of_data(), word)) {
            fault = unknown(word);
        }
        if (!fault.empty()) return fault;
    }
    return {};
}

}  // namespace

std::string fault_in_words(const json& schema) {
    return fault_at(schema, 0);
}

}  // namespace gatehouse::plugins
