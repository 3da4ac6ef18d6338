#include "base/text.hpp"

#include "gatehouse/sdk/text.hpp"

namespace gatehouse {

std::string_view trim_unseen(std::string_view text) {
    return sdk::trim_unseen(text);
}

std::optional<Unseen> unseen_at_front(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const sdk::Character first = sdk::first_character(text);
    if (!first.is_unseen()) return std::nullopt;
    return Unseen{first.code, first.bytes};
}

bool has_unseen(std::string_view text) {
    return sdk::has_unseen(text);
}

}  // namespace gatehouse
