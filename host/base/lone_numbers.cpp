#include "base/lone_numbers.hpp"

#include <algorithm>

namespace gatehouse {
namespace {

constexpr std::size_t kMinDigits = 4;
constexpr std::string_view kNone;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool goes_on(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_of_date(std::string_view text, std::size_t begin, std::size_t end) {
    const std::string_view rest = text.substr(end);
    return end - begin == 4 && rest.size() >= 6 && rest[0] == '-' && is_digit(rest[1]) &&
           is_digit(rest[2]) && rest[3] == '-' && is_digit(rest[4]) && is_digit(rest[5]);
}

// From `at` on; empty at the end of the text if there is none.
std::string_view next_lone_number(std::string_view text, std::size_t at) {
    constexpr std::string_view kDigits = "0123456789";
    while (at < text.size()) {
        const std::size_t begin = std::min(text.find_first_of(kDigits, at), text.size());
        const std::size_t end = std::min(text.find_first_not_of(kDigits, begin), text.size());
        const bool stands_alone = (begin == 0 || !goes_on(text[begin - 1])) &&
                                  (end == text.size() || !goes_on(text[end]));
        if (end - begin >= kMinDigits && stands_alone && !is_of_date(text, begin, end)) {
            return text.substr(begin, end - begin);
        }
        at = end;
    }
    return kNone;
}

}  // namespace

std::vector<std::string> lone_numbers(std::string_view text, std::size_t max_count) {
    std::vector<std::string> found;
    for (std::size_t at = 0; found.size() < max_count;) {
        const std::string_view number = next_lone_number(text, at);
        if (number.empty()) break;
        if (std::find(found.begin(), found.end(), number) == found.end())
            found.emplace_back(number);
        at = static_cast<std::size_t>(number.data() - text.data()) + number.size();
    }
    return found;
}

std::string without_lone_numbers(std::string_view text) {
    std::string kept;
    std::size_t at = 0;
    for (std::string_view number = next_lone_number(text, at); !number.empty();
         number = next_lone_number(text, at)) {
        const auto begin = static_cast<std::size_t>(number.data() - text.data());
        kept.append(text.substr(at, begin - at)).append("***");
        at = begin + number.size();
    }
    return kept.append(text.substr(at));
}

}  // namespace gatehouse
