// What an HTTP status usually means to a plugin, for vendors whose documents say nothing else.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "gatehouse/sdk/http.hpp"

namespace gatehouse::sdk {

// Of a status that is not 2xx. What time may cure is kUnavailable: 408, 5xx and what is no status.
inline Kind kind_of_status(int status) {
    switch (status) {
        case 400:
        case 422:
            return Kind::kInvalid;
        case 401:
            return Kind::kAuth;
        case 403:
            return Kind::kForbidden;
        case 404:
            return Kind::kNotFound;
        case 409:
            return Kind::kConflict;
        case 429:
            return Kind::kRateLimited;
        default:
            break;
    }
    return status >= 400 && status < 500 && status != 408 ? Kind::kInvalid : Kind::kUnavailable;
}

// The Retry-After of an answer in seconds, at most an hour; `otherwise_ms` if it names none.
inline std::uint64_t retry_after_ms(const HttpReply& reply, std::uint64_t otherwise_ms) {
    constexpr std::uint64_t kMaxDelayS = 3'600;
    const std::string text = reply.header("retry-after");
    std::uint64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return otherwise_ms;
    }
    return std::min(seconds, kMaxDelayS) * 1'000;
}

// How long to wait before asking again after such an answer: of one that time cures, its
// Retry-After; `otherwise_ms` for a 429 that names none, else 0.
inline std::uint64_t delay_ms(const HttpReply& reply, Kind kind, std::uint64_t otherwise_ms) {
    if (kind == Kind::kRateLimited) return retry_after_ms(reply, otherwise_ms);
    return kind == Kind::kUnavailable ? retry_after_ms(reply, 0) : 0;
}

}  // namespace gatehouse::sdk
