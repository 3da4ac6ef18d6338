// Text forms of bytes. All functions are pure. [any thread]
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse {

std::string to_hex(std::string_view bytes);           // lower case
Result<std::string> from_hex(std::string_view text);  // either case; kInvalid otherwise

std::string to_base64(std::string_view bytes);           // RFC 4648, padded, one line
Result<std::string> from_base64(std::string_view text);  // strict: padding required, no blanks

// Percent-encodes everything but RFC 3986's unreserved characters: fit for one path segment or one
// query value.
std::string percent_encode(std::string_view text);

// Whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);

// At most `max_bytes` of `text`, cut at a character's edge, with control characters and bytes that
// are not UTF-8 replaced by '?'. For quoting outside text in a message.
std::string shorten(std::string_view text, std::size_t max_bytes);

// SHA-256 of `bytes`, 32 raw bytes.
std::string sha256(std::string_view bytes);

}  // namespace gatehouse
