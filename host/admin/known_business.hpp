// What is answered about a business that the configuration does not name: a mistyped name must not
// look like a business of which nothing is known.
#pragma once

#include <optional>
#include <string>

#include "config/config.hpp"
#include "edge/http_server.hpp"

namespace gatehouse::admin {

// 404 that says so, with the nearest name; nothing if the business is configured, or none was asked
// for. A business that was taken out of the configuration keeps its history, so ask this only where
// nothing was found. [any thread]
std::optional<edge::HttpResponse> refuse_unknown(const config::Config& config,
                                                 const std::optional<std::string>& business);

}  // namespace gatehouse::admin
