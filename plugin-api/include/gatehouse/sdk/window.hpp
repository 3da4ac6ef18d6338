// Window: from when until when somebody may open. Documents have it as RFC 3339, vendors in many
// ways, plugins as milliseconds.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "gatehouse/sdk/access.hpp"
#include "gatehouse/sdk/utc_time.hpp"

namespace gatehouse::sdk {

// Milliseconds since 1970; nothing = open on that side.
struct Window {
    std::optional<std::int64_t> from_ms = std::nullopt;
    std::optional<std::int64_t> until_ms = std::nullopt;
};

namespace detail {

inline std::optional<std::int64_t> side_of(const std::optional<std::string>& text,
                                           const char* field) {
    if (!text) return std::nullopt;
    const auto at_ms = parse_time(*text);
    if (!at_ms) throw Error("the window is not readable", {{field, "not RFC 3339"}});
    return at_ms;
}

}  // namespace detail

// What the request asks for. Throws Error(kInvalid), naming the side that cannot be read.
inline Window window_of(const AccessRequest& request) {
    return {detail::side_of(request.from, "window.from"),
            detail::side_of(request.until, "window.until")};
}

// As most vendors take a side: RFC 3339 or null.
inline Json time_or_null(const std::optional<std::int64_t>& at_ms) {
    return at_ms ? Json(format_time(*at_ms)) : Json();
}

// As an entry of inventory.list has it: {"from", "until"}.
inline Json to_json(const Window& window) {
    return {{"from", time_or_null(window.from_ms)}, {"until", time_or_null(window.until_ms)}};
}

// A beginning in the past counts as now.
inline std::int64_t begin_of(std::int64_t now_ms, const Window& window) {
    return std::max(window.from_ms.value_or(now_ms), now_ms);
}

// No end counts as the latest time there is.
inline std::int64_t end_of(const Window& window) {
    return window.until_ms.value_or(std::numeric_limits<std::int64_t>::max());
}

// Whether both let in at the same times from now on: a beginning in the past is as good as none.
inline bool is_same_from(std::int64_t now_ms, const Window& a, const Window& b) {
    return begin_of(now_ms, a) == begin_of(now_ms, b) && a.until_ms == b.until_ms;
}

// Whether `outer` lets in whenever `inner` does, from now on.
inline bool covers_from(std::int64_t now_ms, const Window& outer, const Window& inner) {
    return begin_of(now_ms, outer) <= begin_of(now_ms, inner) && end_of(outer) >= end_of(inner);
}

}  // namespace gatehouse::sdk
