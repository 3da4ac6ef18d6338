// Retry-After, the header of 429 and 503 (RFC 9110, section 10.2.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace gatehouse::egress {

// The delay in milliseconds, at least 0 and at most `max_ms`; reads seconds and HTTP dates.
// Nothing if the value is empty or neither.
std::optional<std::int64_t> retry_after_ms(std::string_view value, UnixMs now_ms,
                                           std::int64_t max_ms);

}  // namespace gatehouse::egress
