// Signature schemes as data. Storeganise is one instance of them; a vendor's is written in its
// plugin's manifest. An unknown scheme cannot be made, so it can never pass.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "config/config.hpp"

namespace gatehouse::verify {

enum class Scheme { kHmacSha256, kBasic, kStandardWebhooks };
enum class Encoding { kHex, kBase64 };

// How a sender signs. For kBasic only the secret ("user:password") counts, for kStandardWebhooks
// the scheme says everything itself.
struct SignatureScheme {
    Scheme scheme = Scheme::kHmacSha256;
    std::string header;  // the header that carries the signature; of kStandardWebhooks none
    std::string prefix;  // stripped if the value begins with it, as "sha256="
    Encoding encoding = Encoding::kBase64;
};

// What a request shows for itself. What it does not show, or shows twice, is empty.
struct Delivery {
    std::string_view signature;  // the header's one value
    std::string_view body;       // the raw bytes
    // kStandardWebhooks only:
    std::string_view id = {};
    std::string_view timestamp = {};
};

// kInvalid for a word that is not "hmac-sha256", "basic" or "standard-webhooks", or not "hex" or
// "base64".
Result<SignatureScheme> make_scheme(std::string_view scheme, std::string_view header,
                                    std::string_view prefix, std::string_view encoding);

// Storeganise: header sg-signature, base64 of HMAC-SHA256 over the raw body.
// Source: Storeganise's help centre, "Webhooks".
SignatureScheme storeganise_scheme();

// Why a secret can never verify anything under the scheme, for the operator; empty if it can.
std::string fault_in_secret(const SignatureScheme& scheme, const Secret& secret);

// The credentials of an Authorization header in `scheme`, whose case does not count (RFC
// 9110 11.1).
std::optional<std::string_view> credentials(std::string_view header, std::string_view scheme);

// Whether the delivery is signed under one of `secrets`. Gives the matching secret's label. Every
// secret is tried, in constant time for a given size of body, so the time tells neither which one
// matched nor how far, nor, up to `least_macs`, how many there are: so many MACs are computed at
// least, whatever the scheme. kForbidden with words for the sender: the signature
// is missing or wrong, or it is right and its time is too far from `now_ms`. [any thread]
Result<std::string> verify(const SignatureScheme& scheme, const Delivery& delivery,
                           const std::vector<config::LabelledSecret>& secrets, UnixMs now_ms,
                           std::size_t least_macs = 0);

}  // namespace gatehouse::verify
