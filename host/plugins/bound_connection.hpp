// BoundConnection: one connection of one business, ready to be called: what its instance is made
// of and what it may do outside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"
#include "egress/egress.hpp"
#include "plugins/manifest.hpp"

namespace gatehouse::plugins {

// The name under which a plugin may refer to the first of the connection's webhook_secrets, to
// register the host's webhook with the vendor: "{{secret:webhook_secret}}".
inline constexpr std::string_view kWebhookSecret = "webhook_secret";

struct BoundConnection {
    std::string name;      // "acme/doors"
    std::string business;  // "acme"
    std::string plugin;
    bool is_isolated = false;
    std::string document;  // schemas/connection.json
    egress::Policy policy;
};

// Adds each fault to `problems`; the result is of use only if there was no error among them.
// `allow_private` is the configuration's egress.allow_private.
BoundConnection bind_connection(const std::string& business, const config::Connection& connection,
                                const Manifest& manifest,
                                const std::vector<std::string>& allow_private,
                                config::Problems& problems);

}  // namespace gatehouse::plugins
