// The access log as the admin API gives it: JSON or CSV, by pages. Format: docs/access-log.md.
#pragma once

#include <nlohmann/json.hpp>

#include "access/access_event.hpp"
#include "admin/request.hpp"
#include "config/config.hpp"
#include "edge/http_server.hpp"

namespace gatehouse::admin {

nlohmann::json access_event_view(const access::StoredAccessEvent& stored);

// GET /v1/businesses/{business}/access-log. 404 for a business that is not in the configuration,
// 400 for a parameter that cannot be read. [any thread; blocks for the store]
edge::HttpResponse access_log_reply(access::AccessLog& log, const config::Config& config,
                                    const Request& request);

}  // namespace gatehouse::admin
