// A mail as RFC 5322 wants it. Pure.
//
// Nothing of what goes in can begin a header or end the message: addresses are held to a strict
// form, other header texts are encoded words (RFC 2047) and the text is base64.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::email {

struct Mail {
    std::string id;  // without brackets: "gh_1@acme.example"
    std::int64_t at_ms = 0;
    std::string from;
    std::string from_name;  // may be empty
    std::string reply_to;   // may be empty
    std::vector<std::string> to;
    std::string subject;
    std::string text;
};

// ASCII addresses as almost all are: local@domain, at most 254 bytes, nothing quoted.
bool is_address(std::string_view text);

// "a@x.test, b@y.test" in parts, without blanks; nothing if one of them is no address.
std::optional<std::vector<std::string>> addresses_in(std::string_view text);

// The domain of an address.
std::string domain_of(std::string_view address);

// Headers and body, lines ended by CRLF and at most 78 bytes long.
std::string to_message(const Mail& mail);

}  // namespace gatehouse::email
