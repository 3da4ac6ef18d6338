// What the explanations of one rental and of many have in common. Values are taken from stored
// documents; what is missing or of another type is null. [any thread]
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/story.hpp"

namespace gatehouse::admin {

// An object, or null.
nlohmann::json document(const std::string& text);

nlohmann::json pick(const nlohmann::json& value, std::string_view key);
nlohmann::json time_of(const nlohmann::json& value, std::string_view key);
nlohmann::json text_or_null(const std::string& text);

nlohmann::json renter_of(const nlohmann::json& desired);

// The state that the vendor confirmed last; null if it confirmed none. What was only asked for is
// never shown as granted.
nlohmann::json confirmed_of(const nlohmann::json& grant);

// Whether something was asked of the vendor since that it has not confirmed.
bool is_pending(const nlohmann::json& grant);

// {name: value} of the short texts, numbers and lists of them, by which the vendor's own screens
// find the grant.
nlohmann::json references_of(const nlohmann::json& grant);

nlohmann::json waiting_view(const std::optional<store::Store::Waiting>& waiting);
nlohmann::json alerts_view(const std::vector<dispatch::AlertRecord>& alerts);

// The targets that the renter may open now, each with `target` and `name`: as the vendor confirmed,
// and where nothing newer is confirmed also those that should be shut.
nlohmann::json open_targets(const nlohmann::json& desired, const nlohmann::json& grant);

// The whole state in one sentence.
std::string summary_of(const RentalStory& story, const nlohmann::json& desired,
                       const nlohmann::json& grant);

}  // namespace gatehouse::admin
