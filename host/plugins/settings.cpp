#include "plugins/settings.hpp"

#include "base/strike.hpp"
#include "config/secret_doubt.hpp"
#include "plugins/members.hpp"

namespace gatehouse::plugins {
namespace {

using config::Problem;
using nlohmann::json;

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
    const Members members{connection.settings, connection.place, manifest.settings_schema,
                          "settings", "plugin " + manifest.plugin + " has no setting"};
    check_members(members, problems);
    const json& written = connection.settings.value;
    if (!written.is_object()) return bound;
    for (const auto& [name, value] : written.items()) {
        if (!is_secret(manifest.settings_schema, name) || !value.is_string()) {
            bound.document[name] = value;
            continue;
        }
        if (const auto doubt = config::doubt_in_secret(value.get_ref<const std::string&>())) {
            problems.push_back({place_of(members, "/" + name), "'" + name + "' " + doubt->message,
                                doubt->suggestion, Problem::Severity::kWarning});
        }
        bound.secrets.emplace(name, Secret(value.get<std::string>()));
        if (value.get_ref<const std::string&>().size() < Strike::kMinBytes) {
            problems.push_back({place_of(members, "/" + name),
                                "'" + name +
                                    "' is too short a secret to be told from other text: "
                                    "it is not struck from answers",
                                "use a longer one", Problem::Severity::kWarning});
        }
        if (!connection.settings.labels.contains("/" + name)) {
            problems.push_back({place_of(members, "/" + name),
                                "'" + name + "' is a secret written out in the file",
                                "use ${env:NAME} or ${file:/path}", Problem::Severity::kWarning});
        }
    }
    return bound;
}

}  // namespace gatehouse::plugins
