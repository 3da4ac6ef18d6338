// Result<T>: what a function returns when something outside the program can go wrong.
//
// Exceptions are for start-up and for third-party calls, and are caught in the file that makes the
// call. No exception crosses a thread, a module or the plugin ABI.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace gatehouse {

// The closed set of ways to fail. It equals the plugin ABI's kinds (plugin-api/abi.h), so a
// vendor's failure and the host's own are handled by one table (dispatch/retry.hpp).
enum class ErrorKind : std::uint8_t {
    kAuth = 1,     // credentials refused; retried slowly, a person must act
    kForbidden,    // credentials accepted, this act is not allowed
    kNotFound,     // the thing asked for does not exist (yet)
    kInvalid,      // the input can never work; not retried
    kConflict,     // the state of the other side forbids it now
    kRateLimited,  // too fast; retry_after_ms may say how long to wait
    kUnavailable,  // time-out, 5xx, connection refused: time cures it
    kPending,      // accepted, not done; ask again
    kUnsupported,  // this plugin or version cannot do it; not retried
    kInternal,     // a defect on this side or a misbehaving plugin
};

// "rate_limited" for kRateLimited, and so on.
std::string_view to_string(ErrorKind kind);

// The reverse of to_string; nothing for an unknown word.
std::optional<ErrorKind> error_kind_from_string(std::string_view word);

// `message` is for people: it is logged and shown on timelines, so it never holds a secret, a PIN
// or a body from outside that was not shortened.
struct Error {
    ErrorKind kind = ErrorKind::kInternal;
    std::string message;
    std::optional<std::int64_t> retry_after_ms = std::nullopt;
    // The way was shut before anything was tried (postpone()): it opens after retry_after_ms, and
    // the task that comes back then has used up no attempt.
    bool is_postponed = false;
};

template <typename T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message,
                                  std::optional<std::int64_t> retry_after_ms = std::nullopt) {
    return tl::unexpected<Error>(Error{kind, std::move(message), retry_after_ms});
}

// For whoever finds a way shut, not for one who tried and failed. The same trouble is told in the
// same words each time, without numbers that change: repeated words make no further step.
inline tl::unexpected<Error> postpone(ErrorKind kind, std::string message,
                                      std::int64_t retry_after_ms) {
    return tl::unexpected<Error>(Error{kind, std::move(message), retry_after_ms, true});
}

}  // namespace gatehouse
