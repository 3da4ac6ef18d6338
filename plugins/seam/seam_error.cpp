#include "seam_error.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "gatehouse/sdk/http_status.hpp"

namespace gatehouse::seam {
namespace {

using sdk::Error;
using sdk::Kind;

constexpr std::size_t kMaxWordBytes = 60;
constexpr std::uint64_t kDefaultDelayMs = 5'000;

// "duplicate_access_code"; anything but such a word is left out, since it could hold a PIN.
std::string word(const std::string& text) {
    const bool is_word =
        !text.empty() && text.size() <= kMaxWordBytes &&
        std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    return is_word ? text : "another error";
}

Error taken(const std::string& what) {
    return {Kind::kConflict,
            what + ": another code has this PIN; choose another PIN",
            {{"credential", "is taken"}}};
}

bool is_duplicate(const std::string& code) {
    return code.find("duplicate") != std::string::npos;
}

}  // namespace

Error to_error(const sdk::HttpReply& reply, const std::string& what) {
    const Kind kind = sdk::kind_of_status(reply.status);
    std::string message = "Seam answered " + std::to_string(reply.status) + " to: " + what;
    const sdk::Json document = reply.json();
    const auto error = document.is_object() ? document.find("error") : document.end();
    if (document.is_object() && error != document.end() && error->is_object()) {
        const std::string type = word(sdk::text_at(*error, "type"));
        message += " (" + type + ")";
        if (is_duplicate(type)) {
            return taken(message);
        }
    }
    return {kind, std::move(message), sdk::delay_ms(reply, kind, kDefaultDelayMs)};
}

Error to_error(const std::string& code, const std::string& device) {
    const std::string what = word(code) + " on device " + device;
    if (is_duplicate(code)) {
        return taken(what);
    }
    if (code == "no_space_for_access_code_on_device") {
        return {Kind::kConflict, what + ": remove codes that are not needed"};
    }
    return {Kind::kUnavailable, "Seam reports " + what};
}

}  // namespace gatehouse::seam
