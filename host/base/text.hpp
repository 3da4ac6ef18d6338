// Texts from people. All functions are pure. [any thread]
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace gatehouse {

// `text` without blanks and other characters that nobody sees at its ends. A view into `text`.
// Plugins read texts by the same rule (plugin-api's sdk/text.hpp).
std::string_view trim_unseen(std::string_view text);

// A blank or another character that nobody sees.
struct Unseen {
    char32_t code = 0;
    std::size_t bytes = 0;  // of its UTF-8 form
};

// The one at the front of `text`; nothing if a character that is seen stands there.
std::optional<Unseen> unseen_at_front(std::string_view text);

// Whether a blank or another unseen character stands anywhere in `text`.
bool has_unseen(std::string_view text);

}  // namespace gatehouse
