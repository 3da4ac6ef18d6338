#include "config/invisible.hpp"

#include <array>
#include <cstdio>

#include "base/text.hpp"

namespace gatehouse::config {
namespace {

constexpr std::size_t kMaxUtf8Bytes = 4;

const char* kind_of(char32_t code) {
    switch (code) {
        case 0x85:
            return "a line end";
        case 0xA0:
        case 0x2007:
        case 0x202F:
            return "a no-break space";
        case 0xAD:
            return "a soft hyphen";
        case 0x2009:
        case 0x200A:
            return "a thin space";
        case 0x200B:
            return "a zero-width space";
        case 0x2028:
            return "a line separator";
        case 0x2029:
            return "a paragraph separator";
        case 0x3000:
            return "a wide blank";
        case 0xFEFF:
            return "a byte order mark";
        default:
            break;
    }
    if (code == 0x1680 || code == 0x205F || (code >= 0x2000 && code <= 0x2008)) return "a blank";
    const bool is_direction = code == 0x61C || code == 0x200E || code == 0x200F ||
                              (code >= 0x202A && code <= 0x202E) ||
                              (code >= 0x2066 && code <= 0x2069);
    return is_direction ? "an invisible mark of direction" : "an invisible character";
}

Invisible invisible_of(const Unseen& unseen, std::size_t at) {
    std::array<char, 16> number{};
    (void)std::snprintf(number.data(), number.size(), " (U+%04X)",
                        static_cast<unsigned>(unseen.code));
    return {at, unseen.bytes, std::string(kind_of(unseen.code)) + number.data()};
}

}  // namespace

std::optional<Invisible> find_invisible(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (static_cast<unsigned char>(text[at]) < 0x80) continue;
        if (const auto unseen = unseen_at_front(text.substr(at))) return invisible_of(*unseen, at);
    }
    return std::nullopt;
}

std::optional<Invisible> invisible_at_end(std::string_view text) {
    for (std::size_t bytes = 2; bytes <= kMaxUtf8Bytes && bytes <= text.size(); ++bytes) {
        const std::size_t at = text.size() - bytes;
        const auto unseen = unseen_at_front(text.substr(at));
        if (unseen && unseen->bytes == bytes) return invisible_of(*unseen, at);
    }
    return std::nullopt;
}

}  // namespace gatehouse::config
