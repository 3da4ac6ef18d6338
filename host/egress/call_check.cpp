#include "egress/call_check.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "egress/ascii.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
constexpr std::size_t kMaxMethodBytes = 16;
constexpr std::size_t kMaxNameBytes = 128;
constexpr std::size_t kMaxHeaderBytes = 16'384;  // all together

constexpr std::array<std::string_view, 9> kOwnHeaders = {
    "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "expect",
    "te",   "trailer"};

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kTokenMarks.find(c) != std::string_view::npos;
    });
}

bool is_own_header(std::string_view name) {
    const std::string key = lower(name);
    return key.starts_with("proxy-") || std::ranges::find(kOwnHeaders, key) != kOwnHeaders.end();
}

bool has_control(std::string_view value) {
    return std::ranges::any_of(value, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

// A header that carries a key and nothing of the request's own: what is wrong with it is wrong with
// every request of the connection, and no fault of the one who is served by this one.
bool carries_key(std::string_view name) {
    const std::string key = lower(name);
    return key == "authorization" || key.ends_with("key") || key.ends_with("token") ||
           key.ends_with("secret");
}

}  // namespace

Result<void> check_call(const HttpCall& call) {
    if (!is_token(call.method) || call.method.size() > kMaxMethodBytes) {
        return fail(ErrorKind::kInvalid, "the request's method is malformed");
    }
    std::size_t bytes = 0;
    for (const auto& [name, value] : call.headers) {
        if (!is_token(name) || name.size() > kMaxNameBytes) {
            return fail(ErrorKind::kInvalid, "a header's name is malformed");
        }
        if (is_own_header(name)) {
            return fail(ErrorKind::kInvalid, "the header " + name + " is set by the host alone");
        }
        if (has_control(value)) {
            return fail(carries_key(name) ? ErrorKind::kAuth : ErrorKind::kInvalid,
                        "the header " + name + " holds control characters");
        }
        bytes += name.size() + value.size();
    }
    if (bytes > kMaxHeaderBytes) {
        return fail(ErrorKind::kInvalid, "the request's headers are too large");
    }
    return {};
}

}  // namespace gatehouse::egress
