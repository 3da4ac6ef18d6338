#include "nuki_error.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "gatehouse/sdk/http_status.hpp"

namespace gatehouse::nuki {
namespace {

using sdk::Kind;

constexpr std::uint64_t kDefaultDelayMs = 5'000;  // Nuki publishes no limit

// 423: another command is under way at the lock.
Kind kind_of(int status) {
    return status == 423 ? Kind::kUnavailable : sdk::kind_of_status(status);
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

}  // namespace

sdk::Error to_error(const sdk::HttpReply& reply, const std::string& what) {
    std::string message = "Nuki answered " + std::to_string(reply.status) + " to: " + what;
    const Kind kind = kind_of(reply.status);
    if (kind == Kind::kInvalid) return refused(reply, std::move(message));
    return {kind, std::move(message), sdk::delay_ms(reply, kind, kDefaultDelayMs)};
}

}  // namespace gatehouse::nuki
