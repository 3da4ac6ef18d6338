// The files in config/ exactly as they are shipped, the schema that describes them, and the page
// that explains them.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "config/load.hpp"
#include "config/schema.hpp"
#include "config/yaml_tree.hpp"
#include "config/yaml_values.hpp"
#include "unit/config/environment.hpp"
#include "unit/config/temporary_folder.hpp"

namespace gatehouse::config {
namespace {

using nlohmann::json;

const std::filesystem::path& source_folder() {
    static const std::filesystem::path folder = GATEHOUSE_SOURCE_FOLDER;
    return folder;
}

std::string slurp(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// YAML as JSON with its references left as they stand: what an editor sees.
json as_written(std::string_view text) {
    Problems problems;
    const auto root = parse_yaml(text, "f.yaml", problems);
    EXPECT_TRUE(root) << text;
    if (!root) return {};
    ReadContext context{problems, nullptr, "f.yaml", ""};
    RawSettings settings;
    return YamlValues(context).any(*root, "", settings);
}

// What `schema` says against `document`; empty if it has nothing to say.
std::string complaints(const json& schema, const json& document) {
    valijson::Schema compiled;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(schema), compiled);
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    validator.validate(compiled, valijson::adapters::NlohmannJsonAdapter(document), &results);
    std::string text;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
        for (const std::string& part : error.context)
            text += part;
        text += ' ' + error.description + '\n';
    }
    return text;
}

class ShippedFilesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::copy(source_folder() / "config", folder_.path(),
                              std::filesystem::copy_options::recursive);
        folder_.write("tls/fullchain.pem", "c");
        folder_.write("tls/privkey.pem", "k");
        folder_.write("admin.token", "0123456789abcdef0123456789abcdef\n");
        for (const char* name : kVariables)
            environment_.set(name, "value");
    }

    static constexpr const char* kVariables[] = {"EXAMPLE_API_KEY", "EXAMPLE_WEBHOOK_SECRET",
                                                 "EXAMPLE_KISI_KEY", "EXAMPLE_KISI_SIGNATURE_KEY"};
    TemporaryFolder folder_;
    Environment environment_;
};

TEST_F(ShippedFilesTest, LoadWithoutAWarning) {
    const Loaded loaded = load(folder_.path() / "gatehouse.yaml");
    for (const Problem& problem : loaded.problems)
        ADD_FAILURE() << to_string(problem);
    EXPECT_EQ(loaded.config.store.sqlite_path, "/var/lib/gatehouse/gatehouse.db");
    ASSERT_TRUE(loaded.config.businesses.contains("example"));
    EXPECT_EQ(loaded.config.businesses.at("example").connections.at("doors").plugin, "kisi");
}

// Every "# key: value" that the shipped file offers is the default, so taking the mark away
// changes nothing.
TEST_F(ShippedFilesTest, WhatIsCommentedOutIsTheDefault) {
    const Config shipped = load(folder_.path() / "gatehouse.yaml").config;
    std::string text = slurp(folder_.path() / "gatehouse.yaml");
    for (const std::string key : {"workers", "limits", "timeouts", "keep_events", "keep_access_log",
                                  "plugins", "runner", "dispatch"}) {
        const std::size_t at = text.find("# " + key + ": ");
        ASSERT_NE(at, std::string::npos) << key;
        text.erase(at, 2);
    }
    folder_.write("gatehouse.yaml", text);
    const Loaded loaded = load(folder_.path() / "gatehouse.yaml");
    for (const Problem& problem : loaded.problems)
        ADD_FAILURE() << to_string(problem);
    const Config& config = loaded.config;
    EXPECT_EQ(config.listen.workers, shipped.listen.workers);
    EXPECT_EQ(config.listen.max_body_bytes, shipped.listen.max_body_bytes);
    EXPECT_EQ(config.listen.max_head_bytes, shipped.listen.max_head_bytes);
    EXPECT_EQ(config.listen.max_connections, shipped.listen.max_connections);
    EXPECT_EQ(config.listen.idle_ms, shipped.listen.idle_ms);
    EXPECT_EQ(config.store.keep_events_days, shipped.store.keep_events_days);
    EXPECT_EQ(config.store.keep_access_log_days, shipped.store.keep_access_log_days);
    EXPECT_EQ(config.plugins.directory, shipped.plugins.directory);
    EXPECT_EQ(config.dispatch.workers, shipped.dispatch.workers);
    EXPECT_EQ(config.dispatch.first_retry_ms, shipped.dispatch.first_retry_ms);
    EXPECT_EQ(config.dispatch.max_retry_ms, shipped.dispatch.max_retry_ms);
    EXPECT_EQ(config.dispatch.budget_ms, shipped.dispatch.budget_ms);
}

json kisi_settings() {
    return json::parse(R"({"type": "object", "required": ["api_key"],
        "additionalProperties": false,
        "properties": {"api_key": {"type": "string", "secret": true, "pattern": "^[a-z]+$"}}})");
}

TEST_F(ShippedFilesTest, KeepTheSchema) {
    const json schema = config_schema({{"kisi", kisi_settings()}});
    EXPECT_EQ(complaints(schema, as_written(slurp(folder_.path() / "gatehouse.yaml"))), "");
    EXPECT_EQ(complaints(schema, as_written(slurp(folder_.path() / "businesses.d/example.yaml"))),
              "");
}

TEST(Schema, SaysNoWhereTheReaderDoes) {
    const json schema = config_schema({{"kisi", kisi_settings()}});
    const std::string account =
        "storeganise: {api: 'https://a/api', api_key: x, webhook_secrets: [x]}\n";
    const auto judge = [&](const std::string& text) {
        return complaints(schema, as_written(text));
    };
    const std::string good = "business: a\n" + account;
    EXPECT_EQ(judge(good), "");
    EXPECT_EQ(judge(good + "connections: {d: {plugin: kisi, settings: {api_key: abc}}}\n"), "");
    EXPECT_EQ(judge(good + "connections: {d: {plugin: kisi, settings: {api_key: '${env:A}'}}}\n"),
              "");
    EXPECT_EQ(judge(good + "connections: {d: {plugin: other, settings: {any: 1}}}\n"), "");
    for (const std::string& bad :
         {good + "conections: {}\n", good + "connections: {D: {plugin: kisi}}\n",
          good + "connections: {d: {plugin: kisi}}\n",
          good + "connections: {d: {plugin: kisi, settings: {api_key: ABC}}}\n",
          good + "connections: {d: {plugin: kisi, settings: {api_key: abc, zzz: 1}}}\n",
          good + "connections: {d: {plugin: x, requests_per_second: '4'}}\n",
          good + "connections: {d: {plugin: x, isolation: none}}\n",
          good + "sites: [{site: '*', access: d, targets: [group900]}]\n",
          good + "sites: [{site: '*', access: d, fuse: {per: 5}}]\n", std::string("business: a\n"),
          "business: A b\n" + account, std::string("listen: {}\n")}) {
        EXPECT_NE(judge(bad), "") << bad;
    }
}

// Calls `visit` with "listen.tls.key" and the schema for every key below `schema`.
void walk(const json& schema, const std::string& prefix,
          const std::function<void(const std::string&, const json&)>& visit) {
    const json properties = schema.value("properties", json::object());
    for (const auto& [key, value] : properties.items()) {
        visit(prefix + key, value);
        walk(value, prefix + key + '.', visit);
        if (value.contains("items")) walk(value["items"], prefix + key + "[].", visit);
        if (value.contains("additionalProperties") && value["additionalProperties"].is_object()) {
            walk(value["additionalProperties"], prefix + key + ".NAME.", visit);
        }
    }
}

TEST(ConfigurationPage, ExplainsEveryKeyWithItsDefault) {
    const std::string page = slurp(source_folder() / "docs/configuration.md");
    const json schema = config_schema({});
    int keys = 0;
    for (const char* part : {"host", "business"}) {
        walk(schema["definitions"][part], "", [&](const std::string& key, const json& value) {
            ++keys;
            EXPECT_TRUE(value.contains("description")) << key;
            const std::size_t row = page.find("\n| `" + key + "` |");
            ASSERT_NE(row, std::string::npos) << key << " has no row in docs/configuration.md";
            if (!value.contains("default")) return;
            const json& standard = value["default"];
            const std::string shown =
                standard.is_string() ? standard.get<std::string>() : standard.dump();
            const std::string line = page.substr(row + 1, page.find('\n', row + 1) - row - 1);
            EXPECT_NE(line.find("| `" + shown + "` |"), std::string::npos)
                << key << " has the default " << shown << ", the page says: " << line;
        });
    }
    EXPECT_GT(keys, 60);
}

}  // namespace
}  // namespace gatehouse::config
