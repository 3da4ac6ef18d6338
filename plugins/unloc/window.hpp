// Window: from when until when somebody may open a lock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace gatehouse::unloc {

// Milliseconds since 1970; nothing = open on that side.
struct Window {
    std::optional<std::int64_t> from_ms = std::nullopt;
    std::optional<std::int64_t> until_ms = std::nullopt;
};

inline std::int64_t begin_of(std::int64_t now_ms, const Window& window) {
    return std::max(window.from_ms.value_or(now_ms), now_ms);
}

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

}  // namespace gatehouse::unloc
