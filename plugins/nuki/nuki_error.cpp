#include "nuki_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

namespace gatehouse::nuki {
namespace {

using sdk::Kind;

constexpr std::uint64_t kDefaultDelayMs = 5'000;  // Nuki publishes no limit
constexpr std::uint64_t kMaxDelayS = 3'600;

Kind kind_of(int status) {
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
    const bool is_ours = status >= 400 && status < 500 && status != 408 && status != 423;
    return is_ours ? Kind::kInvalid : Kind::kUnavailable;
}

// The parameter that a 400 names, by the words that Nuki is known to use.
std::string refused_parameter(const sdk::HttpReply& reply) {
    static constexpr std::array<std::string_view, 6> kParameters{
        "code", "type", "name", "allowedFromDate", "allowedUntilDate", "allowedWeekDays"};
    const std::string text = sdk::text_at(reply.json(), "detailMessage");
    for (const std::string_view name : kParameters) {
        if (text.find("parameter '" + std::string(name) + "'") != std::string::npos) {
            return std::string(name);
        }
    }
    return {};
}

sdk::Error refused(const sdk::HttpReply& reply, std::string message) {
    const std::string name = refused_parameter(reply);
    if (name == "code")
        return {message + ": the lock refuses the PIN", {{"credential", "refused"}}};
    if (name == "type") {
        return {message + ": no keypad is paired with the lock", {{"targets", "has no keypad"}}};
    }
    if (!name.empty()) return {message + ": Nuki refuses " + name, {{name, "refused"}}};
    return {Kind::kInvalid, std::move(message)};
}

std::uint64_t delay_ms(const sdk::HttpReply& reply) {
    const std::string text = reply.header("retry-after");
    std::uint64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) {
        return kDefaultDelayMs;
    }
    return std::min(seconds, kMaxDelayS) * 1'000;
}

}  // namespace

sdk::Error to_error(const sdk::HttpReply& reply, const std::string& what) {
    std::string message = "Nuki answered " + std::to_string(reply.status) + " to: " + what;
    const Kind kind = kind_of(reply.status);
    if (kind == Kind::kInvalid) return refused(reply, std::move(message));
    return {kind, std::move(message), kind == Kind::kRateLimited ? delay_ms(reply) : 0};
}

}  // namespace gatehouse::nuki
