// BoundConnection: one connection of one business, ready to be called: what its instance is made
// of and what it may do outside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "config/problem.hpp"
#include "egress/egress.hpp"
#include "plugins/manifest.hpp"

namespace gatehouse::plugins {

// The name under which a plugin may refer to the first of the connection's webhook_secrets, to
// register the host's webhook with the vendor.
inline constexpr std::string_view kWebhookSecret = "webhook_secret";

struct BoundConnection {
    std::string name;      // "acme/doors"
    std::string business;  // "acme"
    std::string plugin;
    bool is_isolated = false;
    std::string document;  // schemas/connection.json; secrets as references (egress/secrets.hpp)
    egress::Policy policy;
};

// Adds each fault to `problems`; the result is of use only if there was no error among them.
// `allow_private` is the configuration's egress.allow_private; references are made with `random`.
BoundConnection bind_connection(const std::string& business, const config::Connection& connection,
                                const Manifest& manifest,
                                const std::vector<std::string>& allow_private, Random& random,
                                config::Problems& problems);

// What an instance gets of a call's document: its texts hold no references, since they come from
// outside, but for that to the webhook's secret in the document of events.subscribe.
std::string document_for(const BoundConnection& bound, std::string_view function,
                         std::string document);

// `result` as a function of the plugin gave it, without the connection's secrets. kInternal: it
// does not fit the function's schema, or wants a reference kept that is of no use tomorrow.
Result<std::string> result_from(const BoundConnection& bound, std::string_view function,
                                std::string result);

}  // namespace gatehouse::plugins
