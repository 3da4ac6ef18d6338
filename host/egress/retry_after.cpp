#include "egress/retry_after.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <string>

namespace gatehouse::egress {

std::optional<std::int64_t> retry_after_ms(std::string_view value, UnixMs now_ms,
                                           std::int64_t max_ms) {
    if (value.empty() || value.size() > 64) return std::nullopt;
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (end == value.data() + value.size()) {
        if (error == std::errc::result_out_of_range) return max_ms;
        return std::clamp<std::int64_t>(seconds, 0, max_ms / 1000) * 1000;
    }
    const time_t at = curl_getdate(std::string(value).c_str(), nullptr);
    if (at < 0) return std::nullopt;
    // libcurl reads years beyond any calendar: in seconds they still fit, in milliseconds not.
    const std::int64_t most_s = (now_ms + max_ms) / 1000 + 1;
    const std::int64_t at_s = std::min<std::int64_t>(at, most_s);
    return std::clamp<std::int64_t>(at_s * 1000 - now_ms, 0, max_ms);
}

}  // namespace gatehouse::egress
