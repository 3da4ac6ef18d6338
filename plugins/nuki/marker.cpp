#include "marker.hpp"

#include <algorithm>
#include <cstdint>

namespace gatehouse::nuki {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::size_t kIdDigits = 24;
constexpr std::size_t kIdChars = kIdDigits / 2 * 4 / 3;
constexpr int kBitsPerChar = 6;
constexpr std::uint64_t kCharMask = 63;

// FNV-1a: told apart shall be honest names, not forged ones.
std::uint64_t hash_of(std::string_view business, std::string_view rental_id, char salt) {
    std::uint64_t hash = 14'695'981'039'346'656'037ULL;
    const auto add = [&hash](char c) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1'099'511'628'211ULL;
    };
    std::for_each(business.begin(), business.end(), add);
    add('\n');
    std::for_each(rental_id.begin(), rental_id.end(), add);
    add(salt);
    return hash ^ (hash >> 32U);
}

void append_bits(std::string& text, std::uint64_t bits, std::size_t chars) {
    for (std::size_t i = 0; i < chars; ++i) {
        text += kAlphabet[bits & kCharMask];
        bits >>= static_cast<unsigned>(kBitsPerChar);
    }
}

bool is_hex_id(std::string_view id) {
    return id.size() == kIdDigits && id.find_first_not_of(kHex) == std::string_view::npos;
}

// Three hex digits are two characters.
std::string packed(std::string_view id) {
    std::string text;
    for (std::size_t i = 0; i < id.size(); i += 3) {
        std::uint64_t bits = 0;
        for (const char digit : id.substr(i, 3)) {
            bits = bits << 4U | kHex.find(digit);
        }
        append_bits(text, bits, 2);
    }
    return text;
}

std::optional<std::string> unpacked(std::string_view text) {
    std::string id;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const std::size_t low = kAlphabet.find(text[i]);
        const std::size_t high = kAlphabet.find(text[i + 1]);
        if (low == std::string_view::npos || high == std::string_view::npos) return std::nullopt;
        const std::size_t bits = high << static_cast<unsigned>(kBitsPerChar) | low;
        id += {kHex[bits >> 8U], kHex[bits >> 4U & 15U], kHex[bits & 15U]};
    }
    return id;
}

}  // namespace

std::string marker_of(std::string_view business, std::string_view rental_id) {
    std::string marker;
    if (is_hex_id(rental_id)) {
        marker = packed(rental_id);
    } else {
        append_bits(marker, hash_of(business, rental_id, '1'), kIdChars / 2);
        append_bits(marker, hash_of(business, rental_id, '2'), kIdChars / 2);
    }
    append_bits(marker, hash_of(business, rental_id, '0'), kMarkerBytes - kIdChars);
    return marker;
}

std::optional<std::string> rental_in(std::string_view business, std::string_view name) {
    if (name.size() != kMarkerBytes) return std::nullopt;
    auto id = unpacked(name.substr(0, kIdChars));
    if (!id || marker_of(business, *id) != name) return std::nullopt;
    return id;
}

}  // namespace gatehouse::nuki
