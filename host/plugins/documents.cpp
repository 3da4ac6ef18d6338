#include "plugins/documents.hpp"

// Without it a schema at fault would end the process.
#define VALIJSON_USE_EXCEPTIONS 1
#include <array>
#include <exception>
#include <map>
#include <memory>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "base/json.hpp"
#include "plugins/frames.hpp"
#include "plugins/schema_words.hpp"
#include "plugins/schemas.hpp"

namespace gatehouse::plugins {
namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

struct NamedFunction {
    std::string_view name;
    std::string_view feature;
};

constexpr std::array kFunctions{
    NamedFunction{"access.apply", "gatehouse.access/1"},
    NamedFunction{"access.probe", "gatehouse.access/1"},
    NamedFunction{"targets.list", "gatehouse.targets/1"},
    NamedFunction{"inventory.list", "gatehouse.inventory/1"},
    NamedFunction{"inbound.parse", "gatehouse.inbound/1"},
    NamedFunction{"events.subscribe", "gatehouse.events/1"},
    NamedFunction{"events.catch_up", "gatehouse.events/1"},
    NamedFunction{"notify.send", "gatehouse.notify/1"},
    NamedFunction{"describe", "gatehouse.describe/1"},
};

std::unique_ptr<valijson::Schema> compile(const json& text) {
    auto schema = std::make_unique<valijson::Schema>();
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(text), *schema);
    return schema;
}

using Schemas = std::map<std::string_view, std::unique_ptr<valijson::Schema>>;

const Schemas& schemas() {
    static const Schemas all = [] {
        Schemas made;
        for (const BuiltInSchema& schema : built_in_schemas()) {
            made[schema.name] = compile(json::parse(schema.text));
        }
        return made;
    }();
    return all;
}

// {"<root>", "[targets]", "[0]"} as "/targets/0".
std::string pointer_of(const std::vector<std::string>& context) {
    std::string pointer;
    for (std::size_t i = 1; i < context.size(); ++i) {
        std::string_view part = context[i];
        if (part.size() >= 2 && part.front() == '[' && part.back() == ']') {
            part = part.substr(1, part.size() - 2);
        }
        pointer += '/';
        pointer += part;
    }
    return pointer;
}

std::vector<SettingFault> validate(const valijson::Schema& schema, const json& document) {
    valijson::Validator validator;
    if (validator.validate(schema, Adapter(document), nullptr)) return {};
    valijson::ValidationResults results;
    validator.validate(schema, Adapter(document), &results);
    std::vector<SettingFault> faults;
    for (const valijson::ValidationResults::Error& error : results) {
        faults.push_back({pointer_of(error.context), error.description});
    }
    if (faults.empty()) faults.push_back({"", "does not fit its schema"});
    return faults;
}

json strict(const json& schema) {
    json copy = schema;
    copy.emplace("type", "object");
    copy.emplace("additionalProperties", false);
    return copy;
}

bool has_secret_mark(const json& schema, int depth) {
    constexpr int kMaxDepth = 16;
    if (depth > kMaxDepth) return true;
    if (schema.is_object() && schema.contains("secret") && !schema["secret"].is_object()) {
        return true;
    }
    if (!schema.is_structured()) return false;
    for (const json& part : schema) {
        if (has_secret_mark(part, depth + 1)) return true;
    }
    return false;
}

std::string fault_in_property(const std::string& name, const json& property) {
    if (!property.is_object()) return "say of '" + name + "' something that is no schema";
    if (!property.contains("secret")) {
        return has_secret_mark(property, 0) ? "may mark only settings at the top as secret" : "";
    }
    if (!property["secret"].is_boolean()) return "mark '" + name + "' as neither secret nor not";
    if (property["secret"].get<bool>() && property.value("type", json()) != "string") {
        return "mark '" + name + "' as secret, which only a string can be";
    }
    return {};
}

}  // namespace

std::string fault_in(std::string_view schema, const json& document) {
    try {
        const auto found = schemas().find(schema);
        if (found == schemas().end()) return "there is no such schema";
        const std::vector<SettingFault> faults = validate(*found->second, document);
        if (faults.empty()) return {};
        const std::string& pointer = faults.front().pointer;
        return (pointer.empty() ? "" : pointer + ": ") + faults.front().message;
    } catch (const std::exception&) {
        return "cannot be held against its schema";
    }
}

Result<json> read_result(std::string_view function, std::string_view text) {
    const auto refuse = [&](const std::string& what) {
        return fail(ErrorKind::kInternal,
                    "the plugin's result of " + std::string(function) + " " + what);
    };
    if (text.size() > kMaxDocumentBytes) return refuse("is larger than 1 MiB");
    Result<json> document = parse_json(text);
    if (!document) return refuse("cannot be read: " + document.error().message);
    const std::string fault = fault_in(std::string(function) + ".result", *document);
    if (!fault.empty()) return refuse("does not fit its schema: " + fault);
    return document;
}

std::string_view feature_of(std::string_view function) {
    for (const NamedFunction& known : kFunctions) {
        if (known.name == function) return known.feature;
    }
    return {};
}

std::string fault_in_settings_schema(const json& schema) {
    if (!schema.is_object()) return "must be a JSON Schema of an object";
    if (schema.contains("type") && schema["type"] != "object") return "must be of type object";
    if (schema.contains("properties")) {
        if (!schema["properties"].is_object()) return "must have a map of properties";
        for (const auto& [name, property] : schema["properties"].items()) {
            if (std::string fault = fault_in_property(name, property); !fault.empty()) return fault;
        }
    }
    if (std::string fault = fault_in_words(schema); !fault.empty()) return fault;
    try {
        compile(strict(schema));
        return {};
    } catch (const std::exception& problem) {
        return std::string("is no JSON Schema: ") + problem.what();
    }
}

std::string fault_in_message_schema(const json& schema) {
    if (has_secret_mark(schema, 0)) return "may mark nothing as secret";
    return fault_in_settings_schema(schema);
}

std::vector<SettingFault> faults_in_settings(const json& schema, const json& settings) {
    try {
        return validate(*compile(strict(schema)), settings);
    } catch (const std::exception&) {
        return {{"", "the plugin's settings schema cannot be used"}};
    }
}

}  // namespace gatehouse::plugins
