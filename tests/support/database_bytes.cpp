#include "support/database_bytes.hpp"

#include <fstream>
#include <iterator>

namespace gatehouse::test {

std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::map<std::string, std::string> database_of(const GatehouseHost& host) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(host.folder())) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("gatehouse.db") && entry.file_size() > 0) {
            files[name] = bytes_of(entry.path());
        }
    }
    return files;
}

bool holds_number(const std::string& text, const std::string& digits) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    for (std::size_t at = text.find(digits); at != std::string::npos;
         at = text.find(digits, at + 1)) {
        const std::size_t end = at + digits.size();
        const bool is_within =
            (at > 0 && is_digit(text[at - 1])) || (end < text.size() && is_digit(text[end]));
        if (!is_within) return true;
    }
    return false;
}

}  // namespace gatehouse::test
