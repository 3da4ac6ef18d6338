// The signature that Storeganise puts on a webhook.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::test {

// base64 of HMAC-SHA256, for the header sg-signature.
std::string storeganise_signature(std::string_view secret, std::string_view body);

// The raw bytes of HMAC-SHA256.
std::string hmac_sha256(std::string_view key, std::string_view body);

}  // namespace gatehouse::test
