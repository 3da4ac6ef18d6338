#include "config/secret_doubt.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "config/invisible.hpp"

namespace gatehouse::config {
namespace {

constexpr std::array<std::string_view, 5> kSchemes{"apikey ", "bearer ", "basic ", "token ",
                                                   "authorization:"};
constexpr std::array<std::string_view, 12> kPlaceholders{
    "changeme",     "change-me",    "change_me",  "replaceme", "replace-me", "replace_me",
    "your-api-key", "your_api_key", "yourapikey", "your-key",  "todo",       "placeholder"};

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_in_quotes(std::string_view value) {
    if (value.size() < 2) return false;
    for (const char quote : {'"', '\'', '`'}) {
        if (value.front() == quote && value.back() == quote) return true;
    }
    return value.starts_with("\u201c") || value.starts_with("\u2018") ||
           value.ends_with("\u201d") || value.ends_with("\u2019");
}

bool is_placeholder(std::string_view value) {
    const bool is_one_character =
        value.size() >= 3 && std::ranges::all_of(value, [&](char c) { return c == value.front(); });
    return is_one_character || (value.starts_with('<') && value.ends_with('>')) ||
           std::ranges::any_of(kPlaceholders, [&](std::string_view word) {
               return value.find(word) != std::string_view::npos;
           });
}

}  // namespace

std::optional<SecretDoubt> doubt_in_secret(std::string_view value) {
    if (value.empty()) return std::nullopt;
    if (is_blank(value.front())) return SecretDoubt{"begins with a blank", "remove it"};
    if (is_blank(value.back())) return SecretDoubt{"ends with a blank", "remove it"};
    if (const auto found = find_invisible(value)) {
        const std::string where = found->at == 0                            ? "begins with "
                                  : found->at + found->size == value.size() ? "ends with "
                                                                            : "holds ";
        return SecretDoubt{where + found->name, "write it anew instead of copying it"};
    }
    if (is_in_quotes(value)) {
        return SecretDoubt{"stands in quotes, which are taken as a part of it", "remove them"};
    }
    const std::string lowered = lower(value);
    for (const std::string_view scheme : kSchemes) {
        if (!lowered.starts_with(scheme)) continue;
        return SecretDoubt{"begins with the name of a scheme, as a header would",
                           "give the key alone"};
    }
    if (is_placeholder(lowered)) {
        return SecretDoubt{"looks like a placeholder", "put the real one in its place"};
    }
    return std::nullopt;
}

bool looks_like_mistaken_reference(std::string_view text) {
    const auto is_word = [](char c) {
        return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
    };
    if (text.starts_with("env:") || text.starts_with("file:")) return true;
    if (!text.starts_with('$') || text.size() < 2) return false;
    if (text[1] == '(') return text.ends_with(')');
    const std::string_view name = text.substr(1);
    return std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
           std::ranges::all_of(name, is_word);
}

}  // namespace gatehouse::config
