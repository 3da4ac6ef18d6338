// Signature schemes as data. Storeganise is one instance of them; a vendor's is written in its
// plugin's manifest. An unknown scheme cannot be made, so it can never pass.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"

namespace gatehouse::verify {

enum class Scheme { kHmacSha256, kBasic };
enum class Encoding { kHex, kBase64 };

// How a sender signs. For kBasic only the secret ("user:password") counts.
struct SignatureScheme {
    Scheme scheme = Scheme::kHmacSha256;
    std::string header;  // the header that carries the signature
    std::string prefix;  // stripped if the value begins with it, as "sha256="
    Encoding encoding = Encoding::kBase64;
};

// kInvalid for a word that is not "hmac-sha256" or "basic", or not "hex" or "base64".
Result<SignatureScheme> make_scheme(std::string_view scheme, std::string_view header,
                                    std::string_view prefix, std::string_view encoding);

// Storeganise: header sg-signature, base64 of HMAC-SHA256 over the raw body.
// Source: Storeganise's help centre, "Webhooks".
SignatureScheme storeganise_scheme();

// Whether `value`, the header's one value, is a right signature of `body` under one of `secrets`.
// Gives the matching secret's label. Every secret is tried, in constant time for a given number of
// secrets and body, so the time tells neither which one matched nor how far. [any thread]
std::optional<std::string> verify(const SignatureScheme& scheme, std::string_view value,
                                  std::string_view body,
                                  const std::vector<config::LabelledSecret>& secrets);

}  // namespace gatehouse::verify
