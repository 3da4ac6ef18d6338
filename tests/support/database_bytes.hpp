// What a gatehouse keeps on its disk, and whether a PIN is in it.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "support/gatehouse_host.hpp"

namespace gatehouse::test {

std::string bytes_of(const std::filesystem::path& file);

// The bytes of the database and of what SQLite keeps beside it, by file name; empty files are left
// out.
std::map<std::string, std::string> database_of(const GatehouseHost& host);

// Whether the digits stand there as they are, and not within a longer number.
bool holds_number(const std::string& text, const std::string& digits);

}  // namespace gatehouse::test
