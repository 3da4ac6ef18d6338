// Faults: what a plugin says is wrong, field by field. They stand behind an error's message, in
// brackets: "Nuki refuses it (credential is taken, window.until is past)". Pure. [any thread]
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace gatehouse::plugins {

// `fields` as {"credential": "is taken"}, whatever it is; empty if nothing in it is usable.
inline std::string faults_in_words(const nlohmann::json& fields) {
    std::string words;
    if (!fields.is_object()) return words;
    for (const auto& [name, fault] : fields.items()) {
        if (!fault.is_string()) continue;
        words += (words.empty() ? "" : ", ") + name + " " + fault.get<std::string>();
    }
    return words;
}

// Whether `field` stands in the brackets that end the message.
inline bool names_fault(std::string_view message, std::string_view field) {
    const std::size_t open = message.rfind('(');
    if (open == std::string_view::npos || !message.ends_with(')')) return false;
    std::string_view rest = message.substr(open + 1);
    while (!rest.empty()) {
        const std::string_view fault = rest.substr(0, rest.find(", "));
        if (fault.starts_with(field) && fault.substr(field.size()).starts_with(' ')) return true;
        rest.remove_prefix(std::min(fault.size() + 2, rest.size()));
    }
    return false;
}

}  // namespace gatehouse::plugins
