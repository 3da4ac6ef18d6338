// mend_json: makes strict JSON of what other writers call JSON, so that one person's cut emoji does
// not make a whole document unreadable. Text alone; nothing is parsed. [any thread]
//
//   in the text                                 | becomes
//   half a surrogate pair, "\ud83d" alone       | U+FFFD
//   bytes in a string that are no UTF-8         | U+FFFD
//   a raw control character in a string         | the same, escaped
//   NaN, Infinity, -Infinity (Python, Jackson)  | null
//   a number that no double holds, 1e999        | the largest double
//   everything else                             | itself
#pragma once

#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace gatehouse::sdk {

class JsonMender {
  public:
    explicit JsonMender(std::string_view text) : text_(text) { out_.reserve(text.size() + 16); }

    // Mends until at least `enough` bytes are out, or all.
    std::string& run(std::size_t enough = std::string::npos) {
        while (at_ < text_.size() && out_.size() < enough)
            step();
        return out_;
    }
    std::size_t taken() const { return at_; }  // bytes of the text read so far

  private:
    static constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

    void step() {
        const char c = text_[at_];
        if (is_in_string_) return step_in_string(c);
        const bool begins_word = (c >= '0' && c <= '9') || c == '-' || c == 'N' || c == 'I';
        if (begins_word) return step_word();
        is_in_string_ = c == '"';
        copy(1);
    }

    void step_in_string(char c) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\\') return step_escape();
        if (byte < 0x20) {
            constexpr std::string_view kHex = "0123456789abcdef";
            out_.append("\\u00").append({kHex[byte >> 4], kHex[byte & 15]});
            ++at_;
        } else if (byte < 0x80) {
            is_in_string_ = c != '"';
            copy(1);
        } else if (const std::size_t size = utf8_size(); size > 0) {
            copy(size);
        } else {
            replace(1);
        }
    }

    void step_escape() {
        const long unit = unit_at(at_);
        const bool is_high = unit >= 0xD800 && unit < 0xDC00;
        const long next = is_high ? unit_at(at_ + 6) : -1;
        if (next >= 0xDC00 && next < 0xE000) {
            copy(12);
        } else if (unit >= 0xD800 && unit < 0xE000) {
            replace(6);
        } else {
            copy(2);  // also of "\\" and "\"", which begin and end nothing
        }
    }

    // The code unit of "\uXXXX" at `at`; -1 if none stands there.
    long unit_at(std::size_t at) const {
        if (at + 6 > text_.size() || text_[at] != '\\' || text_[at + 1] != 'u') return -1;
        long unit = 0;
        for (const char c : text_.substr(at + 2, 4)) {
            const bool is_digit = c >= '0' && c <= '9';
            const char small = static_cast<char>(c | 0x20);
            if (!is_digit && (small < 'a' || small > 'f')) return -1;
            unit = unit * 16 + (is_digit ? c - '0' : small - 'a' + 10);
        }
        return unit;
    }

    void step_word() {
        std::size_t end = at_;
        while (end < text_.size() && is_of_word(text_[end]))
            ++end;
        const std::string word(text_.substr(at_, end - at_));
        if (word == "NaN" || word == "Infinity" || word == "-Infinity") {
            out_ += "null";
        } else if (word.find_first_not_of("+-.0123456789Ee") == std::string::npos &&
                   std::isinf(std::strtod(word.c_str(), nullptr))) {
            out_ += word.front() == '-' ? "-1.7976931348623157e308" : "1.7976931348623157e308";
        } else {
            out_ += word;
        }
        at_ = end;
    }

    static bool is_of_word(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '+' || c == '-' || c == '.';
    }

    // Of the character of more than one byte that stands here (RFC 3629); 0 if none does.
    std::size_t utf8_size() const {
        const auto byte = [&](std::size_t i) {
            return at_ + i < text_.size() ? static_cast<unsigned char>(text_[at_ + i]) : 0U;
        };
        const auto is_inner = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
        const unsigned lead = byte(0);
        const unsigned second = byte(1);
        if (lead >= 0xC2 && lead <= 0xDF) return is_inner(1) ? 2 : 0;
        if (lead >= 0xE0 && lead <= 0xEF) {
            const bool is_bad = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F);
            return !is_bad && is_inner(1) && is_inner(2) ? 3 : 0;
        }
        if (lead >= 0xF0 && lead <= 0xF4) {
            const bool is_bad = (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
            return !is_bad && is_inner(1) && is_inner(2) && is_inner(3) ? 4 : 0;
        }
        return 0;
    }

    void copy(std::size_t size) {
        const std::string_view part = text_.substr(at_, size);
        out_ += part;
        at_ += part.size();
    }
    void replace(std::size_t size) {
        out_ += kReplacement;
        at_ += size;
    }

    const std::string_view text_;
    std::size_t at_ = 0;
    bool is_in_string_ = false;
    std::string out_;
};

inline std::string mend_json(std::string_view text) {
    return std::move(JsonMender(text).run());
}

// Where byte `mended_at` of mend_json(text) stands in `text`.
inline std::size_t unmended_offset(std::string_view text, std::size_t mended_at) {
    JsonMender mender(text);
    mender.run(mended_at);
    return mender.taken();
}

}  // namespace gatehouse::sdk
