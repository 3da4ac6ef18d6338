// The rules that texts of the YAML files keep, each as a check and as the same for the JSON Schema.
// [any thread]
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/fields.hpp"

namespace gatehouse::config {

// Of an absolute URL: whether it is encrypted (https, smtps, and smtp, which must become so), and
// "host:port" in lower case. Nothing for other schemes, user info, queries, fragments and blanks.
struct UrlHead {
    bool is_tls = true;
    bool is_mail = false;  // smtp, smtps
    std::string host_and_port;
};
std::optional<UrlHead> url_head(std::string_view url);

namespace rules {

const TextRule& name();           // a business, connection or plugin: a-z, 0-9 and '-'
const TextRule& address();        // an IPv4 or IPv6 address to listen on
const TextRule& network();        // an address, or a network as "10.0.0.0/8"
const TextRule& host_and_port();  // "127.0.0.1:9090", "[::1]:9090", "locks.local:443"
const TextRule& connect_to();     // two of them: "api.kisi.io:443=10.0.0.9:8443"
const TextRule& url();            // http(s)://host[:port][/path]
const TextRule& vendor_url();     // the same, or smtp(s)://host[:port]
const TextRule& target();         // "group:4711": kind and the vendor's id
const TextRule& site();           // a site's id or code, or "*"
const TextRule& site_name();      // the same without "*"
const TextRule& field_prefix();   // of custom fields: letters, digits and '_'
const TextRule& day_window();     // "02:00-05:00"
const TextRule& addon_id();       // as Storeganise gives it; goes into a header
const TextRule& time_zone();      // an IANA name that the system knows
const TextRule& event_pattern();  // "job.unit_moveIn.created", "invoice.*"

}  // namespace rules

}  // namespace gatehouse::config
