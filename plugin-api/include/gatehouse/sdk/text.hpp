// What people cannot see in a text: blanks of all kinds, joiners, marks of direction. Web forms and
// spreadsheets leave them at a text's ends, where they make two texts differ that look alike. Pure,
// and needs nothing else; the host reads texts by the same rule.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::sdk {

// One character of UTF-8; a byte that begins none stands for itself.
struct Character {
    char32_t code = 0;
    std::size_t bytes = 1;

    bool is_broken() const { return bytes == 1 && code > 0x7F; }

    // Joiners shape the letters beside them in Persian and the languages of India, and join emoji.
    bool is_joiner() const { return code == 0x200C || code == 0x200D; }

    // Unicode's blanks, controls and characters without a shape (White_Space, Default_Ignorable).
    // The variation selectors are left out: they belong to the emoji before them.
    bool is_unseen() const {
        const char32_t c = code;
        if (is_broken()) return false;
        return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD || c == 0x34F || c == 0x61C ||
               c == 0x115F || c == 0x1160 || c == 0x1680 || c == 0x17B4 || c == 0x17B5 ||
               (c >= 0x180B && c <= 0x180E) || (c >= 0x2000 && c <= 0x200F) ||
               (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 ||
               c == 0x3164 || c == 0xFEFF || c == 0xFFA0 || (c >= 0xFFF9 && c <= 0xFFFB) ||
               (c >= 0xE0000 && c <= 0xE007F);
    }
};

// The first character of `text`, which is not empty.
inline Character first_character(std::string_view text) {
    const auto byte_at = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte_at(0);
    const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
    if (bytes == 1 || bytes > text.size()) return {lead, 1};
    char32_t code = lead & (0x7FU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte_at(i) & 0xC0U) != 0x80U) return {lead, 1};
        code = code << 6U | (byte_at(i) & 0x3FU);
    }
    return {code, bytes};
}

// `text` without what cannot be seen at its ends. A view into `text`.
inline std::string_view trim_unseen(std::string_view text) {
    while (!text.empty() && first_character(text).is_unseen()) {
        text.remove_prefix(first_character(text).bytes);
    }
    while (!text.empty()) {
        std::size_t begin = text.size() - 1;
        while (begin > 0 && text.size() - begin < 4 &&
               (static_cast<std::uint8_t>(text[begin]) & 0xC0U) == 0x80U) {
            --begin;
        }
        const Character last = first_character(text.substr(begin));
        if (!last.is_unseen() || begin + last.bytes != text.size()) break;
        text.remove_suffix(last.bytes);
    }
    return text;
}

// Whether a blank or another unseen character stands anywhere in `text`.
inline bool has_unseen(std::string_view text) {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.is_unseen()) return true;
        text.remove_prefix(character.bytes);
    }
    return false;
}

// How the first character of `text` is written where people shall see it: as it is, or "\u00a0".
// Ordinary blanks stay, and joiners between two characters that are seen; `follows_seen` says
// whether one stands before it.
inline std::string shown_first(std::string_view text, bool follows_seen) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const Character first = first_character(text);
    const std::string_view rest = text.substr(first.bytes);
    const bool is_between =
        first.is_joiner() && follows_seen && !rest.empty() && !first_character(rest).is_unseen();
    if (first.code == ' ' || is_between || !first.is_unseen()) {
        return std::string(text.substr(0, first.bytes));
    }
    std::string written = "\\u";
    for (int shift = first.code > 0xFFFF ? 16 : 12; shift >= 0; shift -= 4) {
        written += kDigits[(first.code >> static_cast<unsigned>(shift)) & 0xFU];
    }
    return written;
}

// `text` with its unseen characters written out, "group:5\u00a0", for messages to people.
inline std::string show_unseen(std::string_view text) {
    std::string shown;
    bool follows_seen = false;
    while (!text.empty()) {
        const Character first = first_character(text);
        shown += shown_first(text, follows_seen);
        follows_seen = !first.is_unseen() || (first.is_joiner() && follows_seen);
        text.remove_prefix(first.bytes);
    }
    return shown;
}

// An e-mail address as people paste it, " mailto:ann@x.test\t": the address alone. Empty if there
// is none, or if something unseen stands within it: nobody could be told of it.
inline std::string pasted_email(std::string_view text) {
    constexpr std::string_view kLink = "mailto:";
    text = trim_unseen(text);
    if (text.starts_with(kLink)) text = trim_unseen(text.substr(kLink.size()));
    const bool is_usable = text.find('@') != std::string_view::npos && !has_unseen(text);
    return is_usable ? std::string(text) : std::string();
}

}  // namespace gatehouse::sdk
