#include "notify/pattern.hpp"

#include <algorithm>

namespace gatehouse::notify {

// Greedy: when the rest does not fit, the last * takes one character more. No recursion, and linear
// in practice for types of at most 128 characters.
bool matches(std::string_view pattern, std::string_view event_type) {
    std::size_t at = 0;
    std::size_t in_pattern = 0;
    std::size_t star = std::string_view::npos;
    std::size_t taken = 0;
    while (at < event_type.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            taken = at;
        } else if (in_pattern < pattern.size() && pattern[in_pattern] == event_type[at]) {
            ++in_pattern;
            ++at;
        } else if (star != std::string_view::npos) {
            in_pattern = star + 1;
            at = ++taken;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view event_type) {
    return std::any_of(patterns.begin(), patterns.end(), [event_type](const std::string& pattern) {
        return matches(pattern, event_type);
    });
}

RoutedTypes::RoutedTypes(const std::vector<config::Notify>& routes) {
    for (const config::Notify& route : routes) {
        for (const std::string& pattern : route.on) {
            if (pattern.find('*') == std::string::npos) {
                plain_.insert(pattern);
            } else {
                with_stars_.push_back(pattern);
            }
        }
    }
}

bool RoutedTypes::contain(std::string_view event_type) const {
    return plain_.find(event_type) != plain_.end() || matches_any(with_stars_, event_type);
}

}  // namespace gatehouse::notify
