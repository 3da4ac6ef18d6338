// The words of JSON Schema, so that a mistyped one in a manifest is found: validators pass over
// what they do not know.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace gatehouse::plugins {

// What is wrong with the keywords of a schema of draft 7, in which `secret` is one, too; empty if
// nothing is: "uses 'requierd', which JSON Schema does not know (did you mean 'required'?)".
// [any thread]
std::string fault_in_words(const nlohmann::json& schema);

}  // namespace gatehouse::plugins
