#include "base/result.hpp"

#include <array>

namespace gatehouse {
namespace {

struct Word {
    ErrorKind kind;
    std::string_view text;
};

constexpr std::array<Word, 10> kWords{{
    {ErrorKind::kAuth, "auth"},
    {ErrorKind::kForbidden, "forbidden"},
    {ErrorKind::kNotFound, "not_found"},
    {ErrorKind::kInvalid, "invalid"},
    {ErrorKind::kConflict, "conflict"},
    {ErrorKind::kRateLimited, "rate_limited"},
    {ErrorKind::kUnavailable, "unavailable"},
    {ErrorKind::kPending, "pending"},
    {ErrorKind::kUnsupported, "unsupported"},
    {ErrorKind::kInternal, "internal"},
}};

}  // namespace

std::string_view to_string(ErrorKind kind) {
    for (const Word& word : kWords) {
        if (word.kind == kind) {
            return word.text;
        }
    }
    return "internal";
}

std::optional<ErrorKind> error_kind_from_string(std::string_view word) {
    for (const Word& known : kWords) {
        if (known.text == word) {
            return known.kind;
        }
    }
    return std::nullopt;
}

}  // namespace gatehouse
