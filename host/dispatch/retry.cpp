#include "dispatch/retry.hpp"

#include <algorithm>

namespace gatehouse::dispatch {
namespace {

std::int64_t step_ms(int attempt, const config::Dispatch& settings) {
    std::int64_t step = std::max(settings.first_retry_ms, kMinDelayMs);
    for (int i = 1; i < attempt && step < settings.max_retry_ms; ++i) {
        step *= 2;
    }
    return std::min(step, std::max(settings.max_retry_ms, kMinDelayMs));
}

}  // namespace

bool may_be_cured(const Error& error) {
    return error.kind != ErrorKind::kInvalid && error.kind != ErrorKind::kUnsupported;
}

std::optional<UnixMs> next_attempt(const Error& error, int attempt, std::int64_t tried_ms,
                                   UnixMs now_ms, const config::Dispatch& settings,
                                   Random& random) {
    if (!may_be_cured(error)) {
        return std::nullopt;
    }
    if (tried_ms >= settings.budget_ms) {
        return std::nullopt;
    }
    const std::int64_t asked_ms =
        std::clamp<std::int64_t>(error.retry_after_ms.value_or(0), 0, settings.max_retry_ms);
    if (error.kind == ErrorKind::kPending) {
        return now_ms + std::max(asked_ms, kMinDelayMs);
    }
    if (is_postponed(error)) {
        // A little apart, or all who were told the same come back together.
        const auto spread = static_cast<std::uint64_t>(asked_ms / 4);
        return now_ms + std::max(asked_ms, kMinDelayMs) +
               static_cast<std::int64_t>(random.below(spread + 1));
    }
    const bool needs_a_person =
        error.kind == ErrorKind::kAuth || error.kind == ErrorKind::kForbidden;
    const std::int64_t floor_ms =
        needs_a_person ? std::min(kMinDelayForPersonMs, settings.max_retry_ms) : kMinDelayMs;
    const auto span = static_cast<std::uint64_t>(step_ms(attempt, settings));
    const std::int64_t jittered_ms = static_cast<std::int64_t>(random.below(span + 1));
    // Spread past Retry-After as well, or everybody who was told the same comes back together.
    const std::int64_t delay_ms =
        asked_ms > 0 ? asked_ms + jittered_ms / 4 : std::max(jittered_ms, floor_ms);
    return now_ms + std::max(delay_ms, floor_ms);
}

}  // namespace gatehouse::dispatch
