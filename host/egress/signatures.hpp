// Signatures in requests: {{standard-webhooks:name}} in a header's value stands for the signature
// that the Standard Webhooks specification asks for, made with the secret of that name. So a plugin
// can send signed messages without ever holding the key (promise P8).
#pragma once

#include "base/result.hpp"
#include "egress/http_client.hpp"
#include "egress/secrets.hpp"

namespace gatehouse::egress {

// Fills every reference in: "v1," and the base64 of HMAC-SHA256 over webhook-id, webhook-timestamp
// and the body with a dot between each, as the call's headers and body are when it leaves. The
// secret is "whsec_" and the key in base64, or the base64 alone. Names need no key here: what
// leaves is no secret.
//
// kInvalid: an unknown name, a secret that is no key, or no webhook-id and webhook-timestamp.
Result<void> sign(const Secrets& secrets, HttpCall& call);

}  // namespace gatehouse::egress
