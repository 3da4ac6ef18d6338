#include "store/renter_words.hpp"

#include <algorithm>
#include <charconv>

namespace gatehouse::store {
namespace {

constexpr std::size_t kMinEmailBytes = 5;
constexpr std::size_t kMinPhoneDigits = 6;

// Where one of these stands, an id has no neighbours that could belong to it.
constexpr std::size_t kLongIdBytes = 16;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// What is no ASCII is a letter.
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 128;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

char small(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string in_small_letters(std::string_view text) {
    std::string small_text(text);
    std::ranges::transform(small_text, small_text.begin(), small);
    return small_text;
}

// The character that an escape of JSON stands for, if it is ASCII; takes the escape off the front.
char take_escape(std::string_view& text) {
    constexpr std::size_t kUnicodeBytes = 6;
    const char kind = text[1];
    unsigned code = 0;
    if (kind == 'u' && text.size() >= kUnicodeBytes) {
        const char* const end = text.data() + kUnicodeBytes;
        const auto [stop, error] = std::from_chars(text.data() + 2, end, code, 16);
        if (error == std::errc() && stop == end && code < 128) {
            text.remove_prefix(kUnicodeBytes);
            return static_cast<char>(code);
        }
    }
    const bool is_whitespace = kind == 'n' || kind == 't' || kind == 'r';
    text.remove_prefix(is_whitespace || kind == '/' || kind == '"' ? 2 : 1);
    return is_whitespace ? ' ' : (kind == '/' || kind == '"' ? kind : '\\');
}

std::string without_escapes(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty()) {
        if (text.front() == '\\' && text.size() > 1) {
            plain += take_escape(text);
        } else {
            plain += text.front();
            text.remove_prefix(1);
        }
    }
    return plain;
}

bool has_id(std::string_view text, std::string_view id) {
    const auto belongs = [&](char c) {
        const bool joins = c == '_' || c == '-';
        return is_letter(c) || is_digit(c) || (joins && id.size() < kLongIdBytes);
    };
    for (auto at = text.find(id); at != std::string_view::npos; at = text.find(id, at + 1)) {
        const std::size_t end = at + id.size();
        if ((at == 0 || !belongs(text[at - 1])) && (end == text.size() || !belongs(text[end]))) {
            return true;
        }
    }
    return false;
}

// Whether the address begins here, blanks within it passed over, and ends where it does.
bool begins_with_email(std::string_view text, std::string_view email) {
    for (const char c : email) {
        while (!text.empty() && is_blank(text.front())) {
            text.remove_prefix(1);
        }
        if (text.empty() || text.front() != c) return false;
        text.remove_prefix(1);
    }
    if (text.empty()) return true;
    const auto goes_on = [](char c) { return is_letter(c) || is_digit(c) || c == '-'; };
    const bool has_more_labels = text.front() == '.' && text.size() > 1 && goes_on(text[1]);
    return !goes_on(text.front()) && !has_more_labels;
}

bool has_email(std::string_view text, std::string_view email) {
    constexpr std::string_view kOfAddresses = "._%+-";
    for (auto at = text.find(email.front()); at != std::string_view::npos;
         at = text.find(email.front(), at + 1)) {
        const char before = at == 0 ? ' ' : text[at - 1];
        const bool is_within = is_letter(before) || is_digit(before) ||
                               kOfAddresses.find(before) != std::string_view::npos;
        if (!is_within && begins_with_email(text.substr(at), email)) return true;
    }
    return false;
}

std::string significant(std::string digits) {
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    return digits;
}

std::string digits_of(std::string_view phone) {
    std::string digits;
    std::ranges::copy_if(phone, std::back_inserter(digits), is_digit);
    return digits;
}

// One may have its country's code, or a (0) after it, and the other not. Two numbers that stand
// side by side are read as one.
bool is_number(const std::string& written, const std::string& phone) {
    constexpr std::size_t kTailDigits = 9;
    constexpr std::size_t kMinTailDigits = 7;
    constexpr std::size_t kMaxCodeDigits = 3;
    if (phone.size() >= kTailDigits &&
        written.find(phone.substr(phone.size() - kTailDigits)) != std::string::npos) {
        return true;
    }
    const std::string digits = significant(written);
    const auto& [shorter, longer] = std::minmax(
        digits, phone, [](const auto& a, const auto& b) { return a.size() < b.size(); });
    if (shorter == longer) return true;
    return shorter.size() >= kMinTailDigits && longer.size() - shorter.size() <= kMaxCodeDigits &&
           longer.ends_with(shorter);
}

// Takes a number off the front, with what people write between its digits; `text` begins with a
// digit.
std::string take_digits(std::string_view& text) {
    constexpr std::string_view kBetween = " -()./+";
    constexpr std::size_t kMaxBetween = 3;
    std::string digits;
    std::size_t between = 0;
    while (!text.empty() && between <= kMaxBetween) {
        const char c = text.front();
        if (is_digit(c)) {
            digits += c;
            between = 0;
        } else if (kBetween.find(c) != std::string_view::npos ||
                   static_cast<unsigned char>(c) >= 128) {
            ++between;
        } else {
            break;
        }
        text.remove_prefix(1);
    }
    return digits;
}

std::string name_of(std::string_view name) {
    std::string made;
    for (const char c : name) {
        const bool is_doubled = is_blank(c) && (made.empty() || made.back() == ' ');
        if (!is_doubled) made += is_blank(c) ? ' ' : small(c);
    }
    if (!made.empty() && made.back() == ' ') made.pop_back();
    return made;
}

}  // namespace

void RenterWords::add_id(std::string_view id) {
    if (!id.empty()) ids_.emplace(id);
}

void RenterWords::add_email(std::string_view email) {
    std::string made = in_small_letters(email);
    std::erase_if(made, is_blank);
    if (made.size() >= kMinEmailBytes) emails_.insert(std::move(made));
}

void RenterWords::add_phone(std::string_view phone) {
    constexpr std::string_view kTrunk = "(0)";
    std::string text(phone);
    if (const auto at = text.find(kTrunk); at != std::string::npos) text.erase(at, kTrunk.size());
    std::string digits = significant(digits_of(text));
    if (digits.size() >= kMinPhoneDigits) phones_.insert(std::move(digits));
}

void RenterWords::add_name(std::string_view name) {
    std::string made = name_of(name);
    if (!made.empty()) names_.insert(std::move(made));
}

bool RenterWords::are_in(std::string_view text) const {
    const std::string plain = without_escapes(text);
    const std::string small_text = in_small_letters(plain);
    return std::ranges::any_of(ids_, [&](const auto& id) { return has_id(plain, id); }) ||
           std::ranges::any_of(emails_,
                               [&](const auto& email) { return has_email(small_text, email); }) ||
           has_phone(plain);
}

bool RenterWords::has_phone(std::string_view text) const {
    while (!phones_.empty() && !text.empty()) {
        if (!is_digit(text.front())) {
            text.remove_prefix(1);
            continue;
        }
        const std::string written = take_digits(text);
        if (written.size() < kMinPhoneDigits) continue;
        const auto is_it = [&](const std::string& phone) { return is_number(written, phone); };
        if (std::ranges::any_of(phones_, is_it)) return true;
    }
    return false;
}

bool RenterWords::are_of(std::string_view person) const {
    return names_.contains(name_of(person)) || are_in(person);
}

}  // namespace gatehouse::store
