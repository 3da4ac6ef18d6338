// Explain: who may open what through one rental now, why, and what is still to be done.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "access/rental_record.hpp"
#include "store/store.hpp"

namespace gatehouse::admin {

struct RentalStory {
    std::string business;
    std::string rental_id;
    std::optional<access::RentalRecord> record;
    std::optional<store::Store::Waiting> waiting;  // its reconcile task
    std::optional<dispatch::DeadLetter> dead_letter;
    std::vector<store::TimelineStep> steps;
};

// Of the plugin's references and the custom fields only the names are shown. Stored documents that
// cannot be read are shown as null. [any thread]
nlohmann::json explain_view(const RentalStory& story);

}  // namespace gatehouse::admin
