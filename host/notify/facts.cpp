#include "notify/facts.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"

namespace gatehouse::notify {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 32;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool names_a_pin(std::string_view name) {
    constexpr std::string_view kEnd = "pincode";
    return name.size() >= kEnd.size() &&
           std::equal(kEnd.begin(), kEnd.end(), name.end() - static_cast<long>(kEnd.size()),
                      [](char wanted, char c) { return wanted == lower(c); });
}

void take_pins_out(json& value, int depth) {
    if (depth > kMaxDepth) {
        value = nullptr;
        return;
    }
    if (value.is_array()) {
        for (json& item : value)
            take_pins_out(item, depth + 1);
        return;
    }
    if (!value.is_object()) return;
    for (auto item = value.begin(); item != value.end();) {
        if (names_a_pin(item.key())) {
            item = value.erase(item);
        } else {
            take_pins_out(*item, depth + 1);
            ++item;
        }
    }
}

bool can_be_localised(std::string_view member) {
    constexpr std::array<std::string_view, 5> kNames{"title", "name", "desc", "description",
                                                     "label"};
    return std::find(kNames.begin(), kNames.end(), member) != kNames.end();
}

// "en", "de-CH", "zh_Hant".
bool is_language(std::string_view text) {
    const std::size_t mark = text.find_first_of("-_");
    const std::string_view base = text.substr(0, mark);
    return (base.size() == 2 || base.size() == 3) && text.size() <= 12 &&
           std::all_of(base.begin(), base.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

bool is_localised(const json& value) {
    if (!value.is_object() || value.empty()) return false;
    for (const auto& [name, text] : value.items()) {
        if (!is_language(name) || !text.is_string()) return false;
    }
    return true;
}

json text_for(const json& texts, std::string_view language) {
    if (const auto exact = string_member(texts, language)) return *exact;
    if (const auto base = string_member(texts, language.substr(0, language.find_first_of("-_")))) {
        return *base;
    }
    return texts.front();
}

void localise(json& value, std::string_view language, int depth) {
    if (depth > kMaxDepth || !value.is_structured()) return;
    if (value.is_object()) {
        for (const auto& [name, item] : value.items()) {
            if (can_be_localised(name) && is_localised(item)) item = text_for(item, language);
        }
    }
    for (json& item : value)
        localise(item, language, depth + 1);
}

}  // namespace

json without_pins(json object) {
    take_pins_out(object, 0);
    return object;
}

json localised(json object, std::string_view language) {
    localise(object, language, 0);
    return object;
}

std::string id_in(const json& object, std::string_view member_name) {
    const json* found = member(object, member_name);
    if (found == nullptr) return {};
    if (found->is_string()) return found->get<std::string>();
    return string_member(*found, "id").value_or("");
}

}  // namespace gatehouse::notify
