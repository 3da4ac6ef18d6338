// Patterns of event types, as routes give them: "job.unit_moveIn.created", "invoice.*". Pure.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "config/config.hpp"

namespace gatehouse::notify {

// Whether `pattern`, in which * stands for any run of characters, fits the whole type.
bool matches(std::string_view pattern, std::string_view event_type);

bool matches_any(const std::vector<std::string>& patterns, std::string_view event_type);

// All patterns of one business, made ready once: the edge asks for every event. Immutable.
// [any thread]
class RoutedTypes {
  public:
    explicit RoutedTypes(const std::vector<config::Notify>& routes);

    // Whether any route might be told of events of this type.
    bool contain(std::string_view event_type) const;

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::unordered_set<std::string, Hash, std::equal_to<>> plain_;
    std::vector<std::string> with_stars_;
};

}  // namespace gatehouse::notify
