#include "unloc_error.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "gatehouse/sdk/http_status.hpp"

namespace gatehouse::unloc {
namespace {

using sdk::Json;
using sdk::Kind;

constexpr std::size_t kMaxQuoteBytes = 160;
constexpr std::size_t kMaxFields = 10;
constexpr std::size_t kMaxPlainDigits = 5;
constexpr std::uint64_t kDefaultDelayMs = 1'000;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void mask_numbers(std::string& text) {
    for (auto begin = text.begin(); begin != text.end();) {
        begin = std::find_if(begin, text.end(), is_digit);
        const auto end = std::find_if_not(begin, text.end(), is_digit);
        if (end - begin > static_cast<std::ptrdiff_t>(kMaxPlainDigits)) {
            std::fill(begin, end - 2, '*');
        }
        begin = end;
    }
}

std::map<std::string, std::string> fields_of(const Json& document) {
    std::map<std::string, std::string> fields;
    if (!document.is_object()) return fields;
    const auto params = document.find("invalidParams");
    if (params == document.end() || !params->is_array()) return fields;
    for (const Json& param : *params) {
        if (fields.size() == kMaxFields) break;
        const std::string name = quoted(sdk::text_at(param, "name"));
        const std::string reason = quoted(sdk::text_at(param, "reason", "is refused"));
        if (!name.empty()) fields[name] = reason;
    }
    return fields;
}

std::string words_of(const Json& document) {
    std::string words;
    for (const char* member :
         {"title", "detail", "error", "errorDescription", "error_description"}) {
        const std::string text = quoted(sdk::text_at(document, member));
        if (!text.empty()) words += ": " + text;
    }
    return words;
}

}  // namespace

std::string quoted(std::string text) {
    if (text.size() > kMaxQuoteBytes) text.resize(kMaxQuoteBytes);
    std::ranges::replace_if(
        text, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }, '?');
    mask_numbers(text);
    return text;
}

sdk::Error to_error(const sdk::HttpReply& reply, const std::string& what) {
    const Json document = reply.json();
    const Kind kind = sdk::kind_of_status(reply.status);
    std::string message =
        "Unloc answered " + std::to_string(reply.status) + " to: " + what + words_of(document);
    if (kind == Kind::kInvalid) {
        std::map<std::string, std::string> fields = fields_of(document);
        for (const auto& [field, fault] : fields) {
            message.append("; ").append(field).append(" ").append(fault);
        }
        return {std::move(message), std::move(fields)};
    }
    return {kind, std::move(message), sdk::delay_ms(reply, kind, kDefaultDelayMs)};
}

}  // namespace gatehouse::unloc
