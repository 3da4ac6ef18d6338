#include "notify/check.hpp"

#include "notify/message.hpp"

namespace gatehouse::notify {
namespace {

using nlohmann::json;

config::Place place_of(const config::Notify& route, const std::string& pointer) {
    const auto found = route.message.places.find(pointer);
    return found == route.message.places.end() ? route.place : found->second;
}

// The reader of the configuration bounds the depth.
void check_texts(const config::Notify& route, const json& part, const std::string& pointer,
                 config::Problems& problems) {
    if (part.is_string()) {
        const std::string fault = fault_in_template(part.get_ref<const std::string&>());
        if (!fault.empty()) {
            problems.push_back({place_of(route, pointer), "the text " + fault, ""});
        }
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

}  // namespace

void check_templates(const config::Config& config, config::Problems& problems) {
    for (const auto& [name, business] : config.businesses) {
        for (const config::Notify& route : business.notify)
            check_texts(route, route.message.value, "", problems);
    }
}

}  // namespace gatehouse::notify
