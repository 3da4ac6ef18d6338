#include "kisi_error.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <utility>

namespace gatehouse::kisi {
namespace {

using sdk::Json;
using sdk::Kind;

constexpr std::size_t kMaxQuoteBytes = 120;
constexpr std::size_t kMaxFields = 10;
constexpr std::uint64_t kDefaultDelayMs = 1'000;  // the limit is counted by the second
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
    return status >= 400 && status < 500 && status != 408 ? Kind::kInvalid : Kind::kUnavailable;
}

// Outside text, fit for one line.
std::string quoted(std::string text) {
    if (text.size() > kMaxQuoteBytes) text.resize(kMaxQuoteBytes);
    std::ranges::replace_if(
        text, [](char c) { return c < 0x20 || c == 0x7f; }, '?');
    return text;
}

std::map<std::string, std::string> fields_of(const Json& document) {
    std::map<std::string, std::string> fields;
    if (!document.is_object() || !document.contains("errors")) return fields;
    const Json& errors = document["errors"];
    if (!errors.is_object()) return fields;
    for (const auto& [field, texts] : errors.items()) {
        if (fields.size() == kMaxFields) break;
        const Json& text = texts.is_array() && !texts.empty() ? texts.front() : texts;
        fields[quoted(field)] = text.is_string() ? quoted(text.get<std::string>()) : "is refused";
    }
    return fields;
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
    const Json document = reply.json();
    const Kind kind = kind_of(reply.status);
    std::string message = "Kisi answered " + std::to_string(reply.status) + " to: " + what;
    const std::string text = quoted(sdk::text_at(document, "error"));
    const std::string code = quoted(sdk::text_at(document, "code"));
    if (!text.empty()) message += ": " + text;
    if (!code.empty()) message += " (" + code + ")";
    if (kind == Kind::kInvalid) {
        std::map<std::string, std::string> fields = fields_of(document);
        for (const auto& [field, fault] : fields) {
            message.append("; ").append(field).append(" ").append(fault);
        }
        return {std::move(message), std::move(fields)};
    }
    return {kind, std::move(message), kind == Kind::kRateLimited ? delay_ms(reply) : 0};
}

}  // namespace gatehouse::kisi
