// Which connections take webhooks of their vendor, and whether their secrets can work.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/problem.hpp"
#include "edge/webhooks/webhook_handler.hpp"
#include "plugins/manifest.hpp"

namespace gatehouse::app {

// Null if there is no plugin of the id.
using FindManifest = std::function<const plugins::Manifest*(const std::string& plugin)>;

// Connections whose plugin says how the vendor signs and that have webhook_secrets.
std::vector<edge::VendorSource> vendor_sources(const config::Config& config,
                                               const FindManifest& manifest);

// Adds an error for each secret that can never verify anything, and a warning where secrets are
// given that nobody asks for.
void check_webhook_secrets(const config::Config& config, const FindManifest& manifest,
                           config::Problems& problems);

}  // namespace gatehouse::app
