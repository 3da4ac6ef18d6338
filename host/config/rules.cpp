#include "config/rules.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "base/time_zone.hpp"
#include "config/scalar.hpp"

namespace gatehouse::config {
namespace {

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Whether `text` has 1 to `most` characters, all of them letters, digits or one of `others`.
bool consists_of(std::string_view text, std::size_t most, std::string_view others) {
    return !text.empty() && text.size() <= most &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
           });
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

bool is_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

bool is_host(std::string_view host) {
    if (host.starts_with('[')) {
        std::array<unsigned char, sizeof(in6_addr)> bytes{};
        return host.ends_with(']') &&
               ::inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(),
                           bytes.data()) == 1;
    }
    return consists_of(host, 253, "-._");
}

// "host:port" in two, the port empty where there is none.
std::pair<std::string_view, std::string_view> split_port(std::string_view authority) {
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon == std::string_view::npos) return {authority, {}};
    return {authority.substr(0, colon), authority.substr(colon + 1)};
}

bool is_host_and_port(std::string_view text) {
    const auto [host, port] = split_port(text);
    return is_host(host) && is_port(port);
}

bool is_name(std::string_view text) {
    return consists_of(text, 63, "-") && text.front() != '-' && text.back() != '-' &&
           std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_address(std::string_view text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    const std::string terminated(text);
    return ::inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1;
}

bool is_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    if (!is_address(address) || address.find('\0') != std::string_view::npos) return false;
    if (slash == std::string_view::npos) return true;
    const std::string_view bits = text.substr(slash + 1);
    const int most = address.find(':') == std::string_view::npos ? 32 : 128;
    int value = 0;
    const auto [end, error] = std::from_chars(bits.data(), bits.data() + bits.size(), value);
    return error == std::errc() && end == bits.data() + bits.size() && value >= 0 && value <= most;
}

bool is_url(std::string_view text) {
    const auto head = url_head(text);
    return head && !head->is_mail;
}

bool is_vendor_url(std::string_view text) {
    return url_head(text).has_value();
}

bool is_target(std::string_view text) {
    const std::size_t colon = text.find(':');
    return colon != std::string_view::npos && consists_of(text.substr(0, colon), 32, "_-") &&
           consists_of(text.substr(colon + 1), 128, "-_.~");
}

bool is_site(std::string_view text) {
    return text == "*" || consists_of(text, 64, "-_.");
}

bool is_site_name(std::string_view text) {
    return consists_of(text, 64, "-_.");
}

bool is_field_prefix(std::string_view text) {
    return consists_of(text, 32, "_");
}

bool is_day_window(std::string_view text) {
    return parse_day_window(text).has_value();
}

bool is_connect_to(std::string_view text) {
    const std::size_t at = text.find('=');
    return at != std::string_view::npos && is_host_and_port(text.substr(0, at)) &&
           is_host_and_port(text.substr(at + 1));
}

bool is_addon_id(std::string_view text) {
    return consists_of(text, 64, "._-");
}

bool is_event_pattern(std::string_view text) {
    return consists_of(text, 128, "_-.*");
}

}  // namespace

std::optional<UrlHead> url_head(std::string_view url) {
    UrlHead head;
    const std::string scheme = lower(url.substr(0, url.find("://") + 1));
    head.is_mail = scheme == "smtps:" || scheme == "smtp:";
    if (scheme != "https:" && scheme != "http:" && !head.is_mail) return std::nullopt;
    head.is_tls = scheme != "http:";
    const std::string_view mail_port = scheme == "smtps:" ? "465" : "587";
    url.remove_prefix(scheme.size() + 2);
    const std::string_view authority = url.substr(0, url.find('/'));
    const std::string_view path = url.substr(authority.size());
    const auto [host, port] = split_port(authority);
    const bool has_port = authority.size() != host.size();
    if (!is_host(host) || (has_port && !is_port(port))) return std::nullopt;
    if (!path.empty() && !consists_of(path, 1024, "/-._~%+:")) return std::nullopt;
    head.host_and_port = lower(host) + ':';
    if (head.is_mail && !path.empty()) return std::nullopt;
    const std::string_view web_port = head.is_tls ? "443" : "80";
    head.host_and_port += has_port ? port : head.is_mail ? mail_port : web_port;
    return head;
}

namespace rules {

const TextRule& name() {
    static const TextRule rule{"a name: a-z, 0-9 and '-', at most 63 characters", is_name,
                               "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"};
    return rule;
}

const TextRule& address() {
    static const TextRule rule{"an IPv4 or IPv6 address", is_address, "^[0-9a-fA-F.:]+$"};
    return rule;
}

const TextRule& network() {
    static const TextRule rule{"an address or a network, as 10.0.0.0/8", is_network,
                               "^[0-9a-fA-F.:]+(/[0-9]{1,3})?$"};
    return rule;
}
const TextRule& host_and_port() {
    static const TextRule rule{"host:port, as 127.0.0.1:9090", is_host_and_port,
                               "^([A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+\\]):[0-9]{1,5}$"};
    return rule;
}

const TextRule& connect_to() {
    static const TextRule rule{"host:port=host:port", is_connect_to,
                               "^([A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+\\]):[0-9]{1,5}"
                               "=([A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+\\]):[0-9]{1,5}$"};
    return rule;
}

const TextRule& url() {
    static const TextRule rule{
        "an http(s) address of host, port and path only", is_url,
        "^[Hh][Tt][Tt][Pp][Ss]?://([A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?"
        "(/[A-Za-z0-9/._~%+:-]*)?$"};
    return rule;
}

const TextRule& vendor_url() {
    static const TextRule rule{
        "an http(s) address of host, port and path, or smtp(s) of host and port", is_vendor_url,
        "^([Hh][Tt][Tt][Pp][Ss]?://([A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?"
        "(/[A-Za-z0-9/._~%+:-]*)?|[Ss][Mm][Tt][Pp][Ss]?://"
        "([A-Za-z0-9._-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?)$"};
    return rule;
}

const TextRule& target() {
    static const TextRule rule{"kind:id, as group:4711", is_target,
                               "^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9._~-]{1,128}$"};
    return rule;
}

const TextRule& site() {
    static const TextRule rule{"a site's id or code, or \"*\"", is_site,
                               "^(\\*|[A-Za-z0-9._-]{1,64})$"};
    return rule;
}

const TextRule& site_name() {
    static const TextRule rule{"a site's id or code", is_site_name, "^[A-Za-z0-9._-]{1,64}$"};
    return rule;
}

const TextRule& field_prefix() {
    static const TextRule rule{"letters, digits and '_', at most 32", is_field_prefix,
                               "^[A-Za-z0-9_]{1,32}$"};
    return rule;
}

const TextRule& day_window() {
    static const TextRule rule{"two times of day, as 02:00-05:00", is_day_window,
                               "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"};
    return rule;
}

const TextRule& addon_id() {
    static const TextRule rule{"an add-on's id: letters, digits, '.', '_' and '-', at most 64",
                               is_addon_id, "^[A-Za-z0-9._-]{1,64}$"};
    return rule;
}

const TextRule& event_pattern() {
    static const TextRule rule{"an event type, as job.unit_moveIn.created or invoice.*",
                               is_event_pattern, "^[A-Za-z0-9._*-]{1,128}$"};
    return rule;
}

const TextRule& time_zone() {
    static const TextRule rule{"a time zone of the system's tzdata, as Europe/Copenhagen",
                               is_time_zone, "^[A-Za-z0-9_+/-]{1,64}$"};
    return rule;
}

}  // namespace rules
}  // namespace gatehouse::config
