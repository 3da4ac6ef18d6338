// Pieces of which the printers are made: the members of a document as texts, and lines and tables
// of them. A member that is missing or of another type is "-", or empty. [any thread]
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/text.hpp"

namespace gatehouse::cli {

// A member as text; "-" where there is nothing to show.
std::string text_of(const nlohmann::json& value, std::string_view key);

// "2026-11-22T08:00:00.123Z" as "2026-11-22 08:00:00Z", or with its milliseconds.
std::string time_of(const nlohmann::json& value, std::string_view key, bool with_ms = false);

// An array or object member, or an empty one.
const nlohmann::json& list_of(const nlohmann::json& value, std::string_view key);
const nlohmann::json& object_of(const nlohmann::json& value, std::string_view key);

// Texts, or the member `key` of objects, in one line.
std::string joined(const nlohmann::json& list, std::string_view key = "");

// The state that the vendor confirmed, and that more was asked of it.
std::string granted_of(const nlohmann::json& holder, std::string_view state_key,
                       std::string_view pending_key);

// Or the line `nothing` in an empty table's place.
void print_table(const Table& table, std::string_view nothing, std::ostream& out);

// How to see the rest of a list that was cut off.
void print_next(const nlohmann::json& document, const std::string& option, std::ostream& out);

void print_line(std::string_view name, const std::string& value, std::ostream& out);
void print_timeline(const nlohmann::json& steps, std::ostream& out);

}  // namespace gatehouse::cli
