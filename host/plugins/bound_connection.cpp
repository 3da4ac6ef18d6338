#include "plugins/bound_connection.hpp"

#include <algorithm>
#include <utility>

#include "base/json.hpp"
#include "egress/secrets.hpp"
#include "egress/url.hpp"
#include "plugins/documents.hpp"
#include "plugins/settings.hpp"

namespace gatehouse::plugins {
namespace {

using config::Problem;

void allow_base_url(const config::Connection& connection, const std::vector<std::string>& allowed,
                    egress::Policy& policy, config::Problems& problems) {
    const auto refuse = [&](std::string message, std::string suggestion) {
        problems.push_back({connection.place, std::move(message), std::move(suggestion),
                            Problem::Severity::kError});
    };
    const Result<egress::Url> url = egress::parse_url(*connection.base_url);
    if (!url) {
        refuse("'base_url' is not usable: " + url.error().message, "");
        return;
    }
    // A mail server's entry begins with its scheme; the manifest's says no more than that.
    const std::string scheme = std::string(url->scheme()) + "://";
    const auto speaks = [&](const std::string& entry) { return entry == scheme; };
    if (url->is_mail && std::none_of(policy.hosts.begin(), policy.hosts.end(), speaks)) {
        refuse("'base_url' is of a mail server, which the plugin cannot speak to", "");
        return;
    }
    const auto named = [&](const std::string& entry) { return egress::names(entry, *url); };
    if (std::none_of(policy.hosts.begin(), policy.hosts.end(), named)) {
        policy.hosts.push_back((url->is_mail ? scheme : "") + url->authority());
    }
    if (url->is_tls || url->is_mail) return;
    if (std::none_of(allowed.begin(), allowed.end(), named)) {
        refuse("'base_url' is plain http to " + url->authority() +
                   ", which is not in egress.allow_private",
               "use https, or list the address");
        return;
    }
    policy.plain_hosts.push_back(url->authority());
}

// Plugins add paths to it, most of them with a slash in front.
nlohmann::json without_slash(std::optional<std::string> url) {
    if (!url) return nullptr;
    while (url->ends_with('/'))
        url->pop_back();
    return *std::move(url);
}

// What a vendor may tell of the webhook, beside the secret as it is configured.
std::vector<Secret> webhook_secrets(const config::Connection& connection) {
    constexpr std::string_view kPrefix = "whsec_";
    std::vector<Secret> all;
    for (const config::LabelledSecret& secret : connection.webhook_secrets) {
        all.push_back(secret.value);
        const std::string& value = secret.value.reveal();
        if (value.starts_with(kPrefix)) all.emplace_back(value.substr(kPrefix.size()));
        // Of user:password the password; one with a colon for another reason loses nothing by it.
        const std::size_t colon = value.find(':');
        if (colon != std::string::npos) all.emplace_back(value.substr(colon + 1));
    }
    return all;
}

// What the host keeps for the plugin.
bool keeps_reference(const nlohmann::json& value, const egress::Secrets& secrets,
                     std::string& secret) {
    if (!value.is_structured()) return false;
    for (const auto& [name, inner] : value.items()) {
        const bool is_kept = value.is_object() && (name == "references" || name == "next_cursor");
        if (is_kept) {
            secret = secrets.referred_in(dump_json(inner));
            if (!secret.empty()) return true;
        } else if (keeps_reference(inner, secrets, secret)) {
            return true;
        }
    }
    return false;
}

}  // namespace

BoundConnection bind_connection(const std::string& business, const config::Connection& connection,
                                const Manifest& manifest,
                                const std::vector<std::string>& allow_private, Random& random,
                                config::Problems& problems) {
    BoundSettings settings = bind_settings(connection, manifest, problems);
    BoundConnection bound;
    bound.name = business + "/" + connection.name;
    bound.business = business;
    bound.plugin = manifest.plugin;
    bound.is_isolated = connection.is_isolated;
    bound.policy.key = bound.name;
    bound.policy.hosts = manifest.egress_hosts;
    bound.policy.requests_per_second =
        connection.requests_per_second.value_or(manifest.requests_per_second);
    bound.policy.burst = manifest.burst;
    std::vector<std::string> names;
    for (const auto& [name, value] : settings.secrets)
        names.push_back(name);
    if (!connection.webhook_secrets.empty()) {
        // A setting of this name goes first: its author meant that one.
        settings.secrets.try_emplace(std::string(kWebhookSecret),
                                     connection.webhook_secrets.front().value);
    }
    bound.policy.secrets =
        egress::Secrets(std::move(settings.secrets), random, webhook_secrets(connection));
    for (const std::string& name : names)
        settings.document[name] = bound.policy.secrets.reference(name);
    bound.policy.is_shadow = connection.is_shadow;
    if (connection.base_url) allow_base_url(connection, allow_private, bound.policy, problems);
    bound.document = dump_json(
        {{"schema", 1},
         {"business", business},
         {"connection", connection.name},
         {"base_url", without_slash(connection.base_url)},
         {"written_url", connection.base_url ? nlohmann::json(*connection.base_url) : nullptr},
         {"settings", std::move(settings.document)}});
    return bound;
}

std::string document_for(const BoundConnection& bound, std::string_view function,
                         std::string document) {
    document = egress::without_references(std::move(document));
    if (function != "events.subscribe") return document;
    auto parsed = parse_json(document);
    if (!parsed || !parsed->is_object()) return document;
    (*parsed)["secret"] = bound.policy.secrets.reference(kWebhookSecret);
    return dump_json(*parsed);
}

Result<std::string> result_from(const BoundConnection& bound, std::string_view function,
                                std::string result) {
    const egress::Secrets& secrets = bound.policy.secrets;
    if (const auto document = parse_json(result);
        document && !secrets.referred_in(result).empty()) {
        std::string secret;
        if (keeps_reference(*document, secrets, secret)) {
            return fail(ErrorKind::kInternal, "the plugin's result of " + std::string(function) +
                                                  " wants the reference to the secret '" + secret +
                                                  "' kept, which ends with this process");
        }
    }
    result = secrets.struck(std::move(result));
    if (const auto document = read_result(function, result); !document) {
        return tl::unexpected<Error>(document.error());
    }
    return result;
}

}  // namespace gatehouse::plugins
