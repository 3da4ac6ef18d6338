#include "notify/check.hpp"

#include <algorithm>
#include <array>

#include "config/suggest.hpp"
#include "notify/known_types.hpp"
#include "notify/message.hpp"
#include "notify/pattern.hpp"

namespace gatehouse::notify {
namespace {

using config::Problem;
using nlohmann::json;

constexpr std::array<std::string_view, 6> kFetched{"job",    "rental", "unit",
                                                   "renter", "site",   "invoice"};

config::Place place_of(const config::Notify& route, const std::string& pointer) {
    const auto found = route.message.places.find(pointer);
    return found == route.message.places.end() ? route.place : found->second;
}

bool contains(const auto& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

// Each name of what could have been fetched and was not, once.
void check_names(const config::Notify& route, const std::string& text, const config::Place& place,
                 config::Problems& problems) {
    std::vector<std::string> told;
    for (const std::string& name : names_in(text)) {
        const std::string object = name.substr(0, name.find('.'));
        const bool is_lacking = contains(kFetched, object) && !contains(route.fetch, object);
        if (!is_lacking || contains(told, object)) continue;
        told.push_back(object);
        problems.push_back({place, "'" + name + "' stays empty: the route does not fetch it",
                            "add " + object + " to 'fetch'", Problem::Severity::kWarning});
    }
}

void check_text(const config::Notify& route, const std::string& text, const config::Place& place,
                config::Problems& problems) {
    const std::string fault = fault_in_template(text);
    if (!fault.empty()) {
        problems.push_back({place, "the text " + fault, ""});
    } else {
        check_names(route, text, place, problems);
    }
}

// The reader of the configuration bounds the depth.
void check_texts(const config::Notify& route, const json& part, const std::string& pointer,
                 config::Problems& problems) {
    if (part.is_string()) {
        check_text(route, part.get_ref<const std::string&>(), place_of(route, pointer), problems);
        return;
    }
    if (!part.is_structured()) return;
    if (part.is_object()) {
        for (const auto& [name, item] : part.items()) {
            std::string inner = pointer;
            inner.append("/").append(name);
            check_texts(route, item, inner, problems);
        }
        return;
    }
    for (std::size_t i = 0; i < part.size(); ++i)
        check_texts(route, part[i], pointer + '/' + std::to_string(i), problems);
}

void check_patterns(const config::Notify& route, config::Problems& problems) {
    for (const std::string& pattern : route.on) {
        const bool is_known = std::ranges::any_of(
            known_types(), [&](const std::string& type) { return matches(pattern, type); });
        if (is_known) continue;
        problems.push_back({route.place, "'" + pattern + "' fits no event type that is known",
                            config::did_you_mean(pattern, known_types()),
                            Problem::Severity::kWarning});
    }
}

}  // namespace

void check_routes(const config::Config& config, config::Problems& problems) {
    for (const auto& [name, business] : config.businesses) {
        for (const config::Notify& route : business.notify) {
            check_patterns(route, problems);
            check_texts(route, route.message.value, "", problems);
        }
    }
}

}  // namespace gatehouse::notify
