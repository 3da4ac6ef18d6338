// The two kinds of reply: a document, or a message that says why not. [any thread]
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/result.hpp"
#include "edge/http_server.hpp"

namespace gatehouse::admin {

edge::HttpResponse reply(const nlohmann::json& document, int status = 200);

// {"message": "..."}
edge::HttpResponse refusal(int status, std::string_view message);

// kNotFound 404, kInvalid 400, kConflict 409, kUnavailable 503, anything else 500.
edge::HttpResponse refusal(const Error& error);

}  // namespace gatehouse::admin
