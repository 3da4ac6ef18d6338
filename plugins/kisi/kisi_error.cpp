#include "kisi_error.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "gatehouse/sdk/http_status.hpp"

namespace gatehouse::kisi {
namespace {

using sdk::Json;
using sdk::Kind;

constexpr std::size_t kMaxQuoteBytes = 120;
constexpr std::size_t kMaxFields = 10;
constexpr std::uint64_t kDefaultDelayMs = 1'000;  // the limit is counted by the second

// Outside text, fit for one line.
std::string quoted(std::string text) {
    if (text.size() > kMaxQuoteBytes) text.resize(kMaxQuoteBytes);
    std::ranges::replace_if(
        text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }, '?');
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

}  // namespace

sdk::Error to_error(const sdk::HttpReply& reply, const std::string& what) {
    const Json document = reply.json();
    const Kind kind = sdk::kind_of_status(reply.status);
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
    return {kind, std::move(message), sdk::delay_ms(reply, kind, kDefaultDelayMs)};
}

}  // namespace gatehouse::kisi
