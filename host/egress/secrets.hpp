// Secrets in requests: {{secret:name}} stands for a secret that only the host knows. The plugin
// names it, egress fills it in on the way out and takes it out of what comes back (promise P8).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "egress/http_client.hpp"

namespace gatehouse::egress {

using Secrets = std::map<std::string, Secret>;

// Fills every reference of the call in: as it is in header values, percent-encoded in the URL, and
// in the body as its Content-Type asks: escaped for a JSON string, percent-encoded for a form, as
// it is otherwise. Filled-in text is not looked at again. In a header's value {{base64:...}}, which
// ends with the value, stands for the base64 of what is in it, for Basic authentication; signatures
// are made last (signatures.hpp). Returns the names used.
//
// kInvalid: unknown name, a reference that does not end, a secret that cannot stand in a header.
// The message names the secret, never its value.
Result<std::vector<std::string>> fill_in(const Secrets& secrets, HttpCall& call);

// `json` with no "{{" left in its texts (outside of them JSON has none). For documents that hold
// what others wrote: a renter who calls himself {{secret:api_key}} must stay one who is called so.
std::string without_references(std::string json);

// Replaces the values of `used` in the answer's headers and body by "***": a vendor that echoes a
// key in its error text must not carry it into a timeline. Values under six bytes stay: they would
// hit innocent text.
void take_out(const Secrets& secrets, const std::vector<std::string>& used, HttpReply& reply);

}  // namespace gatehouse::egress
