#include "plugins/bound_connection.hpp"

#include <algorithm>
#include <utility>

#include "base/json.hpp"
#include "egress/url.hpp"
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

}  // namespace

BoundConnection bind_connection(const std::string& business, const config::Connection& connection,
                                const Manifest& manifest,
                                const std::vector<std::string>& allow_private,
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
    bound.policy.secrets = std::move(settings.secrets);
    if (!connection.webhook_secrets.empty()) {
        // A setting of this name goes first: its author meant that one.
        bound.policy.secrets.try_emplace(std::string(kWebhookSecret),
                                         connection.webhook_secrets.front().value);
    }
    bound.policy.is_shadow = connection.is_shadow;
    if (connection.base_url) allow_base_url(connection, allow_private, bound.policy, problems);
    bound.document = dump_json(
        {{"schema", 1},
         {"business", business},
         {"connection", connection.name},
         {"base_url", connection.base_url ? nlohmann::json(*connection.base_url) : nullptr},
         {"settings", std::move(settings.document)}});
    return bound;
}

}  // namespace gatehouse::plugins
