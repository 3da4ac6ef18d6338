// Lone numbers: numbers in somebody's words that could be a PIN, where nobody knows which number is
// one (promise P8).
//
// A lone number has four digits or more and no letter or digit beside it: ids hold letters, so they
// are none. The year of a date, 2026-12-01, is none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

// The lone numbers of `text`, each once, in their order; the first `max_count` of them.
std::vector<std::string> lone_numbers(std::string_view text, std::size_t max_count);

// `text` with "***" instead of each lone number.
std::string without_lone_numbers(std::string_view text);

}  // namespace gatehouse
