#include "cli/text.hpp"

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <utility>

#include "base/encoding.hpp"

namespace gatehouse::cli {
namespace {

std::uint8_t byte_of(char c) {
    return static_cast<std::uint8_t>(c);
}

// Bytes of the character that begins with `first`, which is known to be well formed.
std::size_t length_of(char first) {
    if (byte_of(first) < 0x80) return 1;
    if (byte_of(first) < 0xE0) return 2;
    return byte_of(first) < 0xF0 ? 3 : 4;
}

std::uint32_t code_point(std::string_view character) {
    if (character.size() == 1) return byte_of(character.front());
    std::uint32_t value = byte_of(character.front()) & (0x7FU >> character.size());
    for (const char c : character.substr(1))
        value = value << 6U | (byte_of(c) & 0x3FU);
    return value;
}

bool is_harmful(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (byte_of(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string harmless(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = length_of(text.front());
        const std::string_view character = text.substr(0, length);
        const bool is_whole = character.size() == length && is_utf8(character);
        if (is_whole && !is_harmful(code_point(character))) {
            result += character;
        } else {
            result += '?';
        }
        text.remove_prefix(is_whole ? length : 1);
    }
    return result;
}

Table::Table(std::initializer_list<std::string_view> header) {
    rows_.emplace_back(header.begin(), header.end());
}

void Table::add(std::vector<std::string> row) {
    for (std::string& cell : row)
        cell = harmless(cell);
    rows_.push_back(std::move(row));
}

void Table::print(std::ostream& out) const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    }
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            line.append(widths[i] - width(row[i]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out << line << '\n';
    }
}

}  // namespace gatehouse::cli
