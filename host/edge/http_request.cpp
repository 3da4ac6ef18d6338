#include <algorithm>

#include "edge/http_server.hpp"

namespace gatehouse::edge {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

Result<std::optional<std::string_view>> HttpRequest::header(std::string_view name) const {
    std::optional<std::string_view> found;
    for (const auto& [field, value] : headers) {
        if (!same_name(field, name)) continue;
        if (found) return fail(ErrorKind::kInvalid, "header " + std::string(name) + " repeated");
        found = value;
    }
    return found;
}

}  // namespace gatehouse::edge
