#include "simulators/query.hpp"

#include <algorithm>
#include <charconv>

#include "base/encoding.hpp"

namespace gatehouse::simulators {
namespace {

std::string decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '%' && at + 2 < text.size()) {
            const auto byte = from_hex(text.substr(at + 1, 2));
            if (byte) {
                out += *byte;
                at += 2;
                continue;
            }
        }
        out += text[at] == '+' ? ' ' : text[at];
    }
    return out;
}

}  // namespace

Query parse_query(std::string_view text) {
    Query query;
    for (const std::string& pair : split(text, '&')) {
        const auto mark = std::min(pair.find('='), pair.size());
        const std::string_view view = pair;
        query[decode(view.substr(0, mark))] = decode(view.substr(std::min(mark + 1, pair.size())));
    }
    return query;
}

std::string_view value_of(const Query& query, std::string_view name) {
    const auto found = query.find(name);
    return found == query.end() ? std::string_view() : std::string_view(found->second);
}

std::int64_t number_of(const Query& query, std::string_view name, std::int64_t fallback,
                       std::int64_t low, std::int64_t high) {
    const std::int64_t number = to_id(value_of(query, name));
    return number < 0 ? fallback : std::clamp(number, low, high);
}

std::vector<std::string> segments_of(std::string_view path) {
    std::vector<std::string> segments;
    for (const std::string& raw : split(path, '/')) {
        if (raw.find('%') == std::string::npos) {
            segments.push_back(raw);
        } else {
            segments.push_back(decode(raw));
        }
    }
    return segments;
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto mark = std::min(text.find(separator), text.size());
        if (mark > 0) parts.emplace_back(text.substr(0, mark));
        text.remove_prefix(std::min(mark + 1, text.size()));
    }
    return parts;
}

std::int64_t to_id(std::string_view text) {
    std::int64_t number = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && number >= 0 ? number : -1;
}

}  // namespace gatehouse::simulators
