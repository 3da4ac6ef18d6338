#include <algorithm>

#include "access/rental_state.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/lone_numbers.hpp"
#include "egress/retry_after.hpp"
#include "storeganise/answers.hpp"

namespace gatehouse::storeganise {
namespace {

constexpr std::int64_t kMaxRetryAfterMs = 3'600'000;
constexpr std::size_t kMaxQuoteBytes = 160;
constexpr std::size_t kMaxTypeBytes = 64;

ErrorKind kind_of(int status) {
    switch (status) {
        case 401:
            return ErrorKind::kAuth;
        case 402:
        case 403:
            return ErrorKind::kForbidden;
        case 404:
        case 410:
            return ErrorKind::kNotFound;
        case 409:
            return ErrorKind::kConflict;
        case 429:
            return ErrorKind::kRateLimited;
        default:
            break;
    }
    const bool is_refusal = status >= 400 && status < 500 && status != 408 && status != 425;
    return is_refusal ? ErrorKind::kInvalid : ErrorKind::kUnavailable;
}

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= kMaxTypeBytes && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '-';
    });
}

// What {"error": {"type", "message"}} says; empty if the body is something else. An error may
// quote any of a rental's fields, and which of them is the PIN is not known before the rental was
// read.
std::string vendor_text(std::string_view body, bool may_quote) {
    const auto document = parse_json(body);
    if (!document) return {};
    const nlohmann::json* error = member(*document, "error");
    if (error == nullptr) return {};
    std::string text;
    if (const auto type = string_member(*error, "type"); type && is_word(*type)) {
        text += " " + *type;
    }
    const auto message = string_member(*error, "message");
    if (may_quote && message)
        text += " \"" + shorten(without_lone_numbers(*message), kMaxQuoteBytes) + "\"";
    return text;
}

// 404 of no object but of the address: Storeganise's own word for a path that it does not know, or
// a page of somebody else's.
bool is_no_route(const egress::HttpReply& reply) {
    if (reply.status != 404 || reply.body.empty()) return false;
    const auto document = parse_json(reply.body);
    if (!document) return true;
    const nlohmann::json* error = member(*document, "error");
    if (error == nullptr) return false;
    return access::folded_word(string_member(*error, "message").value_or("")) == "route not found";
}

}  // namespace

Error to_error(const egress::HttpReply& reply, const std::string& what, bool may_quote,
               UnixMs now_ms) {
    Error error;
    error.kind = kind_of(reply.status);
    error.message = "Storeganise answered " + std::to_string(reply.status) + " for " + what +
                    vendor_text(reply.body, may_quote);
    if (is_no_route(reply)) {
        error.kind = ErrorKind::kForbidden;
        error.message += ": no API of Storeganise is there; is storeganise.api right?";
    }
    if (error.kind == ErrorKind::kRateLimited || error.kind == ErrorKind::kUnavailable) {
        error.retry_after_ms =
            egress::retry_after_ms(reply.header("retry-after"), now_ms, kMaxRetryAfterMs);
    }
    return error;
}

}  // namespace gatehouse::storeganise
