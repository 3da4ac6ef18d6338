// Request: an admin request taken apart, owning its text so that it may go to another thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::admin {

struct Request {
    std::string method;
    std::vector<std::string> path;             // percent-decoded segments: {"v1", "events", "7"}
    std::map<std::string, std::string> query;  // percent-decoded
};

// kInvalid: a broken escape, a NUL byte, an empty segment or name, a name given twice, more than 8
// segments or parameters. [any thread]
Result<Request> parse_request(std::string_view method, std::string_view path,
                              std::string_view query);

// A whole decimal number from 1 to `most`.
std::optional<std::int64_t> parse_id(std::string_view text, std::int64_t most = INT64_MAX);

// The parameter `limit` of a list, 50 if it is not given; 0 if it is no number from 1 to 500.
int limit_of(const Request& request);

// A parameter, if it is given.
std::optional<std::string> text_of(const Request& request, const std::string& name);

}  // namespace gatehouse::admin
