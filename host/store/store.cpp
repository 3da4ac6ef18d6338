#include "store/store.hpp"

#include <array>
#include <utility>

namespace gatehouse::store {
namespace {

constexpr std::array<std::pair<EventState, std::string_view>, 5> kStates = {{
    {EventState::kOpen, "open"},
    {EventState::kIgnored, "ignored"},
    {EventState::kInvalid, "invalid"},
    {EventState::kDone, "done"},
    {EventState::kDead, "dead"},
}};

// What nobody works on is kept for people alone, and the disk is everybody's.
constexpr std::size_t kMaxIdleBytes = 4096;

}  // namespace

std::string_view kept_body(const NewEvent& event) {
    const std::string_view body = event.body;
    if (body.size() <= kMaxIdleBytes) return body;
    if (event.state == EventState::kIgnored) return {};
    return event.state == EventState::kInvalid ? body.substr(0, kMaxIdleBytes) : body;
}

std::string_view to_string(EventState state) {
    for (const auto& [known, word] : kStates) {
        if (known == state) return word;
    }
    return "unknown";
}

std::optional<EventState> event_state_from_string(std::string_view word) {
    for (const auto& [state, known] : kStates) {
        if (known == word) return state;
    }
    return std::nullopt;
}

}  // namespace gatehouse::store
