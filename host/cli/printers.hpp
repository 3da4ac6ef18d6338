// How each of the admin API's documents looks to a person. A field that is missing or of another
// type is shown as "-", so a host of another version is still readable. [any thread]
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>

namespace gatehouse::cli {

void print_plugins(const nlohmann::json& document, std::ostream& out);
void print_businesses(const nlohmann::json& document, std::ostream& out);
void print_events(const nlohmann::json& document, std::ostream& out);
void print_event(const nlohmann::json& document, std::ostream& out);
void print_rentals(const nlohmann::json& document, std::ostream& out);
void print_explanation(const nlohmann::json& document, std::ostream& out);
void print_dead_letters(const nlohmann::json& document, std::ostream& out);
void print_sweep(const nlohmann::json& document, std::ostream& out);
void print_fuse(const nlohmann::json& document, std::ostream& out);
void print_alerts(const nlohmann::json& document, std::ostream& out);
void print_access_log(const nlohmann::json& document, std::ostream& out);
void print_access_log_csv(const nlohmann::json& document, bool is_first, std::ostream& out);
// As it is, for a document that people keep.
void print_document(const nlohmann::json& document, std::ostream& out);
void print_message(const nlohmann::json& document, std::ostream& out);

}  // namespace gatehouse::cli
