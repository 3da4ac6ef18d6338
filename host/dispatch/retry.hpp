// Retry: when a failed task runs again, or that it never does. Pure but for the jitter.
//
//   kind                                 | next
//   invalid, unsupported                 | dead letter at once: time cures nothing
//   pending                              | after the delay the vendor named
//   auth, forbidden                      | back-off, at least a minute: a person must act
//   rate_limited, unavailable, conflict, |
//   not_found, internal                  | back-off
//   any of these two lines, postponed    | when the way opens (Error::is_postponed): no attempt
//
// Back-off is exponential with full jitter between kMinDelayMs and the step, never sooner than
// Retry-After asks (capped at max_retry_ms). A budget that has lasted budget_ms ends in a dead
// letter, unless the task's outcome says never_dies: then it goes on every max_retry_ms. So it is
// with looks whose error time may cure, with every end and with both halves of a transfer; past the
// budget they also alert.
#pragma once

#include <optional>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "config/config.hpp"

namespace gatehouse::dispatch {

constexpr std::int64_t kMinDelayMs = 200;
constexpr std::int64_t kMinDelayForPersonMs = 60'000;

// Whether a run that ended so was an attempt at all.
inline bool is_postponed(const Error& error) {
    return error.is_postponed && error.retry_after_ms.has_value();
}

// Whether time, or a person's act elsewhere, can make the same task succeed.
bool may_be_cured(const Error& error);

// When the task is due again; nothing = a dead letter. `attempt` counts from 1; `tried_ms` is for
// how long it was tried, which no clock that is set can change.
std::optional<UnixMs> next_attempt(const Error& error, int attempt, std::int64_t tried_ms,
                                   UnixMs now_ms, const config::Dispatch& settings, Random& random);

}  // namespace gatehouse::dispatch
