// The words in which Storeganise says where a rental stands (help centre, "How unit rental accounts
// work"). Both spellings of cancelled, since only some states were seen in real output. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::access {

enum class RentalPhase : std::uint8_t { kBefore, kDuring, kAfter, kUnknown };

// `pre_completed` was only seen in others' code, as a state before the move-in is done: it begins
// nothing, and policy ends nothing on it.
constexpr std::string_view kPreCompleted = "pre_completed";

inline RentalPhase phase_of(std::string_view state) {
    static constexpr std::array<std::string_view, 3> kBefore{"submitted", "reserved",
                                                             kPreCompleted};
    static constexpr std::array<std::string_view, 4> kAfter{"ended", "canceled", "cancelled",
                                                            "abandoned"};
    if (state == "occupied") return RentalPhase::kDuring;
    if (std::ranges::find(kBefore, state) != kBefore.end()) return RentalPhase::kBefore;
    if (std::ranges::find(kAfter, state) != kAfter.end()) return RentalPhase::kAfter;
    return RentalPhase::kUnknown;
}

// A word as it is compared: without blanks around it, in small letters.
inline std::string folded_word(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
    const std::size_t end = text.find_last_not_of(kBlanks) + 1;
    std::string word(text.substr(begin, end > begin ? end - begin : 0));
    std::ranges::transform(word, word.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return word;
}

// " Occupied" is "occupied"; a word that is not known stays as it is sent.
inline std::string known_state(const std::string& text) {
    std::string word = folded_word(text);
    return phase_of(word) == RentalPhase::kUnknown ? text : word;
}

}  // namespace gatehouse::access
