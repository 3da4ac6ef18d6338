// Url: an absolute http, https, smtp or smtps address, read strictly. Both the policy (which host?)
// and the client (connect where?) use this one reading, so the two can never disagree about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gatehouse::egress {

struct Url {
    bool is_tls = true;    // from the first byte: https, smtps
    bool is_mail = false;  // smtp, smtps; then there is no path
    std::string host;      // lower case; an IPv6 address keeps its brackets
    std::uint16_t port = 443;
    std::string target;  // path and query, begins with '/'

    std::string_view scheme() const;  // "https"
    std::string_view path() const;    // `target` up to the '?'

    std::string host_and_port() const;  // "api.kisi.io:443"
    std::string authority() const;      // the same, without a port that the scheme implies
    std::string text() const;           // "https://api.kisi.io/users?email=a%40b.c"
};

// kInvalid for anything but http(s)://host[:port]/path[?query] and smtp(s)://host[:port]: user
// info, a fragment, a dot segment, blanks, control characters, bytes above 0x7e, other schemes. The
// message never quotes the address.
Result<Url> parse_url(std::string_view text);

// Whether `entry` ("host" or "host:port", any case) names this address. An entry without a port
// means the scheme's own. A mail server's entry begins with its scheme: "smtps://mail.example"; all
// others are for http and https.
bool names(std::string_view entry, const Url& url);

}  // namespace gatehouse::egress
