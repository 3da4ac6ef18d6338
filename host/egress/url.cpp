#include "egress/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "egress/ascii.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::size_t kMaxUrlBytes = 8'192;
constexpr std::size_t kMaxHostBytes = 253;

bool consume_scheme(std::string_view& rest, std::string_view scheme) {
    if (rest.size() < scheme.size() || !equal_without_case(rest.substr(0, scheme.size()), scheme)) {
        return false;
    }
    rest.remove_prefix(scheme.size());
    return true;
}

bool is_host(std::string_view host) {
    if (host.empty() || host.size() > kMaxHostBytes) return false;
    if (host.front() == '[') {
        return host.size() > 3 && host.back() == ']' &&
               host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
    }
    return std::ranges::all_of(host, [](char c) {
        return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_';
    });
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

bool is_target(std::string_view target) {
    return std::ranges::all_of(target, [](char c) {
        return c > 0x20 && c < 0x7f && c != '#' && c != '\\' && c != '"' && c != '<' && c != '>';
    });
}

bool has_dot_segment(std::string_view path) {
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..") return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

std::uint16_t default_port(const Url& url) {
    if (url.is_mail) return url.is_tls ? 465 : 587;  // RFC 8314: submissions, submission
    return url.is_tls ? 443 : 80;
}

bool consume_any_scheme(std::string_view& rest, Url& url) {
    url.is_mail = rest.starts_with('s') || rest.starts_with('S');
    url.is_tls = consume_scheme(rest, url.is_mail ? "smtps://" : "https://");
    return url.is_tls || consume_scheme(rest, url.is_mail ? "smtp://" : "http://");
}

}  // namespace

std::string_view Url::scheme() const {
    if (is_mail) return is_tls ? "smtps" : "smtp";
    return is_tls ? "https" : "http";
}

std::string_view Url::path() const {
    return std::string_view(target).substr(0, target.find('?'));
}

std::string Url::host_and_port() const {
    return host + ":" + std::to_string(port);
}

std::string Url::authority() const {
    return port == default_port(*this) ? host : host_and_port();
}

std::string Url::text() const {
    return std::string(scheme()) + "://" + authority() + target;
}

Result<Url> parse_url(std::string_view text) {
    if (text.size() > kMaxUrlBytes) return fail(ErrorKind::kInvalid, "the URL is too long");
    Url url;
    if (!consume_any_scheme(text, url)) {
        return fail(ErrorKind::kInvalid, "the URL is not http, https, smtp or smtps");
    }
    url.port = default_port(url);

    const std::string_view authority = text.substr(0, text.find_first_of("/?"));
    text.remove_prefix(authority.size());
    const std::size_t colon = authority.find(':', authority.find(']') + 1);
    const std::string_view host = authority.substr(0, colon);
    if (!is_host(host)) return fail(ErrorKind::kInvalid, "the URL has no usable host");
    if (colon != std::string_view::npos) {
        const auto port = parse_port(authority.substr(colon + 1));
        if (!port) return fail(ErrorKind::kInvalid, "the URL has an impossible port");
        url.port = *port;
    }
    url.host = lower(host);

    if (!is_target(text)) return fail(ErrorKind::kInvalid, "the URL holds unusable characters");
    url.target = text.starts_with('/') ? "" : "/";
    url.target += text;
    if (url.is_mail && url.target != "/") {
        return fail(ErrorKind::kInvalid, "the URL of a mail server has no path");
    }
    if (has_dot_segment(url.path())) {
        return fail(ErrorKind::kInvalid, "the URL's path has a dot segment");
    }
    return url;
}

bool names(std::string_view entry, const Url& url) {
    if (url.is_mail && !consume_scheme(entry, std::string(url.scheme()) + "://")) return false;
    if (equal_without_case(entry, url.host)) return url.port == default_port(url);
    return equal_without_case(entry, url.host_and_port());
}

}  // namespace gatehouse::egress
