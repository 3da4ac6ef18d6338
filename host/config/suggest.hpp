// "did you mean": the known word that a mistyped one most likely stands for. [any thread]
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::config {

// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
// Words longer than 64 bytes count as wholly different.
std::size_t edit_distance(std::string_view a, std::string_view b);

// "did you mean 'listen'?", or, if none is near, "known here: 'a', 'b'" (at most 12 words); empty
// if there are no known words.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

// The near word and all that are known: "did you mean 'text'? known here: 'text', 'title'".
std::string nearest_of_all(std::string_view word, const std::vector<std::string>& known);

// Only the near word, or empty: where the known ones are too many to be listed.
std::string nearest_of_many(std::string_view word, const std::vector<std::string>& known);

}  // namespace gatehouse::config
