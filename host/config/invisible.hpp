// Invisible: characters beyond ASCII that nobody sees (base/text.hpp) and that no parser takes for
// a blank. They come with text that was copied from a page or a mail. Pure. [any thread]
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::config {

struct Invisible {
    std::size_t at = 0;    // in bytes
    std::size_t size = 0;  // of its UTF-8 form
    std::string name;      // "a no-break space (U+00A0)"
};

// The first one in `text`; blanks and tabs of ASCII are none.
std::optional<Invisible> find_invisible(std::string_view text);

// The one that `text` ends with.
std::optional<Invisible> invisible_at_end(std::string_view text);

}  // namespace gatehouse::config
