// Members of JSON from outside: absent, or of another type, is as good as not there. text_at() in
// error.hpp is one of them. None throws.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gatehouse/sdk/error.hpp"

namespace gatehouse::sdk {

// Null if there is none. The reference lives as long as `object`.
inline const Json& member_at(const Json& object, const char* key) {
    static const Json null;
    if (!object.is_object()) return null;
    const auto found = object.find(key);
    return found == object.end() ? null : *found;
}

// A whole number; nothing for 1.0 and for what does not fit.
inline std::optional<std::int64_t> whole_at(const Json& object, const char* key) {
    const Json& value = member_at(object, key);
    const bool is_too_large = value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
    if (!value.is_number_integer() || is_too_large) return std::nullopt;
    return value.get<std::int64_t>();
}

inline bool flag_at(const Json& object, const char* key, bool otherwise = false) {
    const Json& value = member_at(object, key);
    return value.is_boolean() ? value.get<bool>() : otherwise;
}

// The texts in a list; what else is in it is passed over.
inline std::vector<std::string> texts_at(const Json& object, const char* key) {
    std::vector<std::string> texts;
    const Json& list = member_at(object, key);
    if (!list.is_array()) return texts;
    for (const Json& item : list) {
        if (item.is_string()) texts.push_back(item.get<std::string>());
    }
    return texts;
}

}  // namespace gatehouse::sdk
