#include "config/schema.hpp"

#include "config/host_fields.hpp"
#include "config/rules.hpp"
#include "config/scalar.hpp"

namespace gatehouse::config {
namespace {

using nlohmann::json;

constexpr int kMaxSettingsDepth = 16;

json reference() {
    return {{"$ref", "#/definitions/reference"}};
}

class SchemaWriter final : public Fields {
  public:
    using Fields::text;

    json take() {
        json schema{{"type", "object"},
                    {"properties", std::move(properties_)},
                    {"additionalProperties", false}};
        if (!required_.empty()) schema["required"] = std::move(required_);
        return schema;
    }

    void text(const std::string& key, std::string& out, const About& about,
              const TextRule& rule) override {
        json schema = text_schema(rule);
        add(key, or_reference(std::move(schema)), about, out.empty() ? json() : json(out));
    }

    void texts(const std::string& key, std::vector<std::string>& out, const About& about,
               const TextRule& rule) override {
        add(key,
            {{"type", "array"}, {"items", or_reference(text_schema(rule))}, {"uniqueItems", true}},
            about, out.empty() ? json() : json(out));
    }

    void boolean(const std::string& key, bool& out, const About& about) override {
        add(key, or_reference({{"type", "boolean"}}), about, out);
    }

    void integer(const std::string& key, std::int64_t& out, const About& about, std::int64_t least,
                 std::int64_t most) override {
        add(key, or_reference({{"type", "integer"}, {"minimum", least}, {"maximum", most}}), about,
            out);
    }

    void number(const std::string& key, double& out, const About& about, double least,
                double most) override {
        add(key, or_reference({{"type", "number"}, {"minimum", least}, {"maximum", most}}), about,
            out < least ? json() : json(out));
    }

    void duration(const std::string& key, std::int64_t& out_ms, const About& about,
                  std::int64_t /*least_ms*/, std::int64_t /*most_ms*/) override {
        add(key, or_reference({{"type", "string"}, {"pattern", "^[0-9]+(ms|s|m|h|d)$"}}), about,
            format_duration(out_ms));
    }

    void size(const std::string& key, std::int64_t& out_bytes, const About& about,
              std::int64_t least, std::int64_t most) override {
        const json in_bytes{{"type", "integer"}, {"minimum", least}, {"maximum", most}};
        const json with_unit{{"type", "string"}, {"pattern", "^[0-9]+(KiB|MiB|GiB)?$"}};
        add(key, {{"anyOf", {in_bytes, with_unit, reference()}}}, about, format_size(out_bytes));
    }

    void path(const std::string& key, std::filesystem::path& out, const About& about) override {
        add(key, text_schema({}), about, out.empty() ? json() : json(out.string()));
    }

    void secret(const std::string& key, LabelledSecret& /*out*/, const About& about) override {
        add(key, text_schema({}), about, json());
    }

    void secrets(const std::string& key, std::vector<LabelledSecret>& /*out*/,
                 const About& about) override {
        add(key, {{"type", "array"}, {"items", text_schema({})}, {"minItems", 1}}, about, json());
    }

    void any(const std::string& key, RawSettings& out, const About& about) override {
        json schema = json::object();
        if (out.value.is_object()) schema["type"] = "object";
        add(key, std::move(schema), about, json());
    }

    void map(const std::string& key, const About& about, const Fill& fill) override {
        add(key, fields_schema(fill), about, json());
    }

    void maps(const std::string& key, const About& about, const Fill& fill) override {
        add(key, {{"type", "array"}, {"items", fields_schema(fill)}}, about, json());
    }

    void named_maps(const std::string& key, const About& about, const FillNamed& fill) override {
        json item = fields_schema([&](Fields& fields) { fill(fields, "name"); });
        add(key,
            {{"type", "object"},
             {"propertyNames", {{"pattern", rules::name().pattern}}},
             {"additionalProperties", std::move(item)}},
            about, json());
    }

    bool has(const std::string& /*key*/) const override { return false; }
    Place place(const std::string& /*key*/) const override { return {}; }
    Place place() const override { return {}; }
    void problem(const Place& /*place*/, std::string /*message*/, std::string /*suggestion*/,
                 Severity /*severity*/) override {}

  private:
    static json text_schema(const TextRule& rule) {
        json schema{{"type", "string"}, {"minLength", 1}, {"maxLength", 4096}};
        if (!rule.pattern.empty()) schema["pattern"] = rule.pattern;
        if (!rule.one_of.empty()) schema["enum"] = rule.one_of;
        return schema;
    }

    static json or_reference(json schema) {
        return {{"anyOf", json::array({std::move(schema), reference()})}};
    }

    // `standard` is null where there is no default.
    void add(const std::string& key, json schema, const About& about, const json& standard) {
        if (!about.meaning.empty()) schema["description"] = about.meaning;
        if (about.is_required) {
            required_.push_back(key);
        } else if (!standard.is_null()) {
            schema["default"] = standard;
        }
        properties_[key] = std::move(schema);
    }

    json properties_ = json::object();
    json required_ = json::array();
};

// A settings schema as the plugin's author wrote it, made to take a reference for each value.
json with_references(json schema, int depth) {
    const auto properties = schema.find("properties");
    if (depth >= kMaxSettingsDepth || !schema.is_object()) return schema;
    if (properties != schema.end() && properties->is_object()) {
        for (json& property : *properties) {
            property = {{"anyOf", {with_references(property, depth + 1), reference()}}};
        }
    }
    const auto items = schema.find("items");
    if (items != schema.end() && items->is_object()) {
        *items = {{"anyOf", {with_references(*items, depth + 1), reference()}}};
    }
    return schema;
}

json settings_condition(const std::string& plugin, const json& settings) {
    const json is_plugin{{"properties", {{"plugin", {{"const", plugin}}}}},
                         {"required", {"plugin"}}};
    json then{{"properties", {{"settings", with_references(settings, 0)}}}};
    const auto required = settings.find("required");
    if (required != settings.end() && required->is_array() && !required->empty()) {
        then["required"] = {"settings"};
    }
    return {{"if", is_plugin}, {"then", std::move(then)}};
}

json host_schema() {
    return fields_schema([](Fields& fields) {
        Config config;
        std::filesystem::path businesses;
        set_defaults(config, businesses);
        host_fields(fields, config, businesses);
    });
}

json business_schema(const std::map<std::string, json>& plugin_settings) {
    json schema = fields_schema([](Fields& fields) {
        Business business;
        business_fields(fields, {}, business);
    });
    json conditions = json::array();
    for (const auto& [plugin, settings] : plugin_settings) {
        if (settings.is_object()) conditions.push_back(settings_condition(plugin, settings));
    }
    if (!conditions.empty()) {
        schema["properties"]["connections"]["additionalProperties"]["allOf"] =
            std::move(conditions);
    }
    return schema;
}

}  // namespace

json fields_schema(const Fields::Fill& fill) {
    SchemaWriter writer;
    fill(writer);
    return writer.take();
}

json config_schema(const std::map<std::string, json>& plugin_settings) {
    const json is_business{{"type", "object"}, {"required", {"business"}}};
    const std::string reference_pattern = "^\\$\\{(env:[A-Za-z_][A-Za-z0-9_]*|file:[^}]+)\\}$";
    return {{"$schema", "http://json-schema.org/draft-07/schema#"},
            {"title", "Gatehouse: gatehouse.yaml and businesses.d/*.yaml"},
            {"definitions",
             {{"reference", {{"type", "string"}, {"pattern", reference_pattern}}},
              {"host", host_schema()},
              {"business", business_schema(plugin_settings)}}},
            {"if", is_business},
            {"then", {{"$ref", "#/definitions/business"}}},
            {"else", {{"$ref", "#/definitions/host"}}}};
}

}  // namespace gatehouse::config
