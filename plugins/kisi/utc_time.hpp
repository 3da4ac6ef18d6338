// RFC 3339 times, as the host and Kisi write them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::kisi {

// Milliseconds since 1970 of "2026-11-22T08:00:00[.123]Z" or with "+01:00". Nothing if it is not
// one.
std::optional<std::int64_t> parse_time(std::string_view text);

// "2026-11-22T08:00:00Z"; milliseconds are cut off.
std::string format_time(std::int64_t at_ms);

}  // namespace gatehouse::kisi
