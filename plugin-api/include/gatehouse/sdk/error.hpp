// Error: how a plugin says that a call failed. Thrown anywhere in a call; the SDK turns it into the
// ABI's failure, so no exception leaves the library.
#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "gatehouse/abi.h"
#include "gatehouse/sdk/json_text.hpp"

namespace gatehouse::sdk {

using Json = nlohmann::json;

enum class Kind : std::int32_t {
    kAuth = GATEHOUSE_AUTH,
    kForbidden = GATEHOUSE_FORBIDDEN,
    kNotFound = GATEHOUSE_NOT_FOUND,
    kInvalid = GATEHOUSE_INVALID,
    kConflict = GATEHOUSE_CONFLICT,
    kRateLimited = GATEHOUSE_RATE_LIMITED,
    kUnavailable = GATEHOUSE_UNAVAILABLE,
    kPending = GATEHOUSE_PENDING,
    kUnsupported = GATEHOUSE_UNSUPPORTED,
    kInternal = GATEHOUSE_INTERNAL,
};

// `message` is one line for people; no secret, PIN or raw answer goes in.
class Error : public std::exception {
  public:
    Error(Kind kind, std::string message, std::uint64_t retry_after_ms = 0)
        : kind_(kind), message_(std::move(message)), retry_after_ms_(retry_after_ms) {}

    // kInvalid, naming the fields at fault: {"renter.email": "is empty"}.
    Error(std::string message, std::map<std::string, std::string> fields)
        : kind_(Kind::kInvalid), message_(std::move(message)), fields_(std::move(fields)) {}

    // Of another kind, naming the fields. kConflict with "credential": somebody else has this one
    // already; another that the host may choose will do.
    Error(Kind kind, std::string message, std::map<std::string, std::string> fields)
        : kind_(kind), message_(std::move(message)), fields_(std::move(fields)) {}

    Kind kind() const { return kind_; }
    const std::string& message() const { return message_; }
    std::uint64_t retry_after_ms() const { return retry_after_ms_; }
    const std::map<std::string, std::string>& fields() const { return fields_; }
    const char* what() const noexcept override { return message_.c_str(); }

  private:
    Kind kind_;
    std::string message_;
    std::uint64_t retry_after_ms_ = 0;
    std::map<std::string, std::string> fields_;
};

inline std::string_view view(gatehouse_str text) {
    return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

constexpr gatehouse_str str(std::string_view text) {
    return {text.data(), text.size()};
}

// Whether brackets outside of strings nest no deeper than `max_depth`.
inline bool nests_within(std::string_view text, int max_depth) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            i += c == '\\' ? 1 : 0;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > max_depth) return false;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return true;
}

// Reads JSON from outside, tolerantly (json_text.hpp): half an emoji reads as U+FFFD. A discarded
// value (is_discarded()) when it is none, or nests too deep.
inline Json read_json(std::string_view text) {
    constexpr int kMaxDepth = 64;
    if (!nests_within(text, kMaxDepth)) return Json(Json::value_t::discarded);
    Json value = Json::parse(text, nullptr, false);
    return value.is_discarded() ? Json::parse(mend_json(text), nullptr, false) : value;
}

// A member of a JSON object as text; `otherwise` if it is absent or not a string. Never throws.
inline std::string text_at(const Json& object, const char* key, std::string otherwise = {}) {
    if (!object.is_object()) return otherwise;
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

}  // namespace gatehouse::sdk
