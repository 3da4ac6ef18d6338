#include "admin/request.hpp"

#include <charconv>

#include "base/encoding.hpp"

namespace gatehouse::admin {
namespace {

constexpr std::size_t kMaxParts = 8;

std::optional<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    while (!text.empty()) {
        if (text.front() != '%') {
            decoded.push_back(text.front());
            text.remove_prefix(1);
            continue;
        }
        const auto byte = from_hex(text.substr(1, 2));
        if (text.size() < 3 || !byte || *byte == std::string(1, '\0')) return std::nullopt;
        decoded += *byte;
        text.remove_prefix(3);
    }
    return decoded;
}

// Calls `take` with each part of `text`; false as soon as `take` is.
template <typename Take>
bool split(std::string_view text, char separator, const Take& take) {
    for (std::size_t parts = 1; parts <= kMaxParts; ++parts) {
        const std::size_t end = text.find(separator);
        if (!take(text.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
    return false;
}

}  // namespace

Result<Request> parse_request(std::string_view method, std::string_view path,
                              std::string_view query) {
    Request request;
    request.method = method;
    const auto take_segment = [&](std::string_view text) {
        auto segment = percent_decode(text);
        if (!segment || segment->empty()) return false;
        request.path.push_back(std::move(*segment));
        return true;
    };
    const auto take_parameter = [&](std::string_view text) {
        const std::size_t equals = text.find('=');
        auto name = percent_decode(text.substr(0, equals));
        auto value = percent_decode(equals == std::string_view::npos ? std::string_view()
                                                                     : text.substr(equals + 1));
        if (!name || name->empty() || !value) return false;
        return request.query.emplace(std::move(*name), std::move(*value)).second;
    };
    if (!path.starts_with('/') || !split(path.substr(1), '/', take_segment)) {
        return fail(ErrorKind::kInvalid, "the path cannot be read");
    }
    if (!query.empty() && !split(query, '&', take_parameter)) {
        return fail(ErrorKind::kInvalid, "the query cannot be read");
    }
    return request;
}

std::optional<std::int64_t> parse_id(std::string_view text, std::int64_t most) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (value < 1 || value > most) return std::nullopt;
    return value;
}

int limit_of(const Request& request) {
    constexpr int kDefaultLimit = 50;
    constexpr int kMaxLimit = 500;
    const auto found = request.query.find("limit");
    if (found == request.query.end()) return kDefaultLimit;
    return static_cast<int>(parse_id(found->second, kMaxLimit).value_or(0));
}

std::optional<std::string> text_of(const Request& request, const std::string& name) {
    const auto found = request.query.find(name);
    if (found == request.query.end()) return std::nullopt;
    return found->second;
}

}  // namespace gatehouse::admin
