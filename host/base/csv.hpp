// CSV (RFC 4180) for people's spreadsheets. Pure. [any thread]
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace gatehouse {

// One line, ending with CR LF; every field between quotes. A field that a spreadsheet would take
// for a formula (it begins with = + - @, a tab or a line's end) gets an apostrophe before it.
std::string csv_line(const std::vector<std::string>& fields);

// A text as it is, "true" or "false"; empty for everything else.
std::string csv_text(const nlohmann::json& value);

}  // namespace gatehouse
