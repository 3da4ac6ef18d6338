#include "app/vendor_sources.hpp"

#include <optional>
#include <utility>

namespace gatehouse::app {
namespace {

using config::Problem;

// Nothing if the plugin takes no webhooks.
std::optional<verify::SignatureScheme> scheme_of(const plugins::Manifest* manifest) {
    if (manifest == nullptr || !manifest->inbound_signature) {
        return std::nullopt;
    }
    const plugins::Signature& signature = *manifest->inbound_signature;
    auto scheme = verify::make_scheme(signature.scheme, signature.header, signature.prefix,
                                      signature.encoding);
    return scheme ? std::optional(std::move(*scheme)) : std::nullopt;
}

void check_connection(const config::Connection& connection, const plugins::Manifest* manifest,
                      config::Problems& problems) {
    if (manifest == nullptr || connection.webhook_secrets.empty()) {
        return;
    }
    const auto scheme = scheme_of(manifest);
    if (!scheme) {
        problems.push_back(
            {connection.place,
             "'webhook_secrets' has no use: plugin " + manifest->plugin + " takes no webhooks", "",
             Problem::Severity::kWarning});
        return;
    }
    for (const config::LabelledSecret& secret : connection.webhook_secrets) {
        const std::string fault = verify::fault_in_secret(*scheme, secret.value);
        if (!fault.empty()) {
            problems.push_back({connection.place, fault + " (" + secret.label + ")", "",
                                Problem::Severity::kError});
        }
    }
}

}  // namespace

std::vector<edge::VendorSource> vendor_sources(const config::Config& config,
                                               const FindManifest& manifest) {
    std::vector<edge::VendorSource> sources;
    for (const auto& [name, business] : config.businesses) {
        for (const auto& [key, connection] : business.connections) {
            const plugins::Manifest* found = manifest(connection.plugin);
            auto scheme = scheme_of(found);
            if (!scheme || connection.webhook_secrets.empty()) {
                continue;
            }
            sources.push_back({name, key, std::move(*scheme), found->inbound_event_id,
                               connection.webhook_secrets, found->inbound_struck});
        }
    }
    return sources;
}

void check_webhook_secrets(const config::Config& config, const FindManifest& manifest,
                           config::Problems& problems) {
    for (const auto& [name, business] : config.businesses) {
        for (const auto& [key, connection] : business.connections) {
            check_connection(connection, manifest(connection.plugin), problems);
        }
    }
}

}  // namespace gatehouse::app
