// Explain: who may open what now, why, and what is still to be done; told of one rental, or of the
// rentals of a unit, a renter or a target. Format: docs/admin-api.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "access/rental_lookups.hpp"
#include "admin/story.hpp"

namespace gatehouse::admin {

// Of the custom fields only the names are shown, of the plugin's references the short values: they
// are ids at the vendor, never secrets. Stored documents that cannot be read are shown as null.
// [any thread]
nlohmann::json explain_view(const RentalStory& story);

// What is asked for: "unit", "renter" or "target" and its id.
struct Asked {
    std::string business;
    access::RentalKey key = access::RentalKey::kUnit;
    std::string id;
};

std::string_view to_string(access::RentalKey key);

// The rentals of one page, those through which a door opens now apart from the others. [any thread]
nlohmann::json explain_many_view(const Asked& asked, const std::vector<RentalStory>& stories);

}  // namespace gatehouse::admin
