// Reading JSON that comes from outside: bounded, and without exceptions.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse {

// Parses a whole document, tolerantly: what other writers make of a cut emoji, of bytes that are no
// UTF-8 and the like is mended (gatehouse/sdk/json_text.hpp), in texts mostly to U+FFFD. kInvalid:
// still not JSON, and the message names the byte, or nested deeper than `max_depth`.
Result<nlohmann::json> parse_json(std::string_view text, std::size_t max_depth = 32);

// The member `key` of an object, or null if `value` is no object or has no such member. The pointer
// lives as long as `value`.
const nlohmann::json* member(const nlohmann::json& value, std::string_view key);

// The member as a string, boolean or integer; nothing if it is absent or of another type.
std::optional<std::string> string_member(const nlohmann::json& value, std::string_view key);
std::optional<bool> bool_member(const nlohmann::json& value, std::string_view key);
std::optional<std::int64_t> int_member(const nlohmann::json& value, std::string_view key);

// Compact text. Bytes that are not UTF-8 are replaced, so it never throws.
std::string dump_json(const nlohmann::json& value);

}  // namespace gatehouse
