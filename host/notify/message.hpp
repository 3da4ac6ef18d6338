// Messages: a route's templates filled with an event and its facts. Pure. [any thread]
//
// Templates are Mustache (libkainjow-mustache): {{renter.name}}, {{#rental}}...{{/rental}},
// {{^phone}}...{{/phone}}. Text is taken as it is, nothing is escaped for HTML: what a message is
// sent as is its plugin's affair. Partials ({{>x}}) are not there: they would read facts as
// templates.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace gatehouse::notify {

constexpr std::size_t kMaxTemplateBytes = 8'192;
constexpr std::size_t kMaxTextBytes = 16'384;  // of one filled text; the rest is cut off

// Why the text is no template; empty if it is one.
std::string fault_in_template(std::string_view text);

// The names that a template's tags ask for, sections included, in order; of what is no template,
// those that can be found.
std::vector<std::string> names_in(std::string_view text);

struct Message {
    nlohmann::json content;            // as the templates, with every text filled
    std::vector<std::string> missing;  // names that the data does not have, each once
    bool is_cut = false;               // a text was longer than kMaxTextBytes
};

// Fills every text below `templates`. A name that the data does not have gives nothing.
// kInvalid: a text is no template, or repeats itself beyond all reason.
Result<Message> fill(const nlohmann::json& templates, const nlohmann::json& data);

}  // namespace gatehouse::notify
