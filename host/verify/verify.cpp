#include "verify/verify.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/encoding.hpp"

namespace gatehouse::verify {
namespace {

constexpr std::string_view kBasicPrefix = "Basic ";

std::string hmac_sha256(const Secret& key, std::string_view body) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.reveal().size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), mac.data(), &size);
    return {reinterpret_cast<const char*>(mac.data()), size};
}

bool is_equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// The bytes that the sender claims; empty, which matches nothing, if they cannot be read.
std::string claimed(const SignatureScheme& scheme, std::string_view value) {
    if (scheme.scheme == Scheme::kBasic) {
        if (!value.starts_with(kBasicPrefix)) {
            return {};
        }
        return from_base64(value.substr(kBasicPrefix.size())).value_or("");
    }
    if (!scheme.prefix.empty() && value.starts_with(scheme.prefix)) {
        value.remove_prefix(scheme.prefix.size());
    }
    return (scheme.encoding == Encoding::kHex ? from_hex(value) : from_base64(value)).value_or("");
}

}  // namespace

Result<SignatureScheme> make_scheme(std::string_view scheme, std::string_view header,
                                    std::string_view prefix, std::string_view encoding) {
    if (scheme == "basic") {
        return SignatureScheme{Scheme::kBasic, "authorization", "", Encoding::kBase64};
    }
    if (scheme != "hmac-sha256") {
        return fail(ErrorKind::kInvalid, "unknown signature scheme");
    }
    if (encoding != "hex" && encoding != "base64") {
        return fail(ErrorKind::kInvalid, "unknown signature encoding");
    }
    if (header.empty()) {
        return fail(ErrorKind::kInvalid, "the signature scheme names no header");
    }
    return SignatureScheme{Scheme::kHmacSha256, std::string(header), std::string(prefix),
                           encoding == "hex" ? Encoding::kHex : Encoding::kBase64};
}

SignatureScheme storeganise_scheme() {
    return SignatureScheme{Scheme::kHmacSha256, "sg-signature", "", Encoding::kBase64};
}

std::optional<std::string> verify(const SignatureScheme& scheme, std::string_view value,
                                  std::string_view body,
                                  const std::vector<config::LabelledSecret>& secrets) {
    const std::string claim = claimed(scheme, value);
    const config::LabelledSecret* match = nullptr;
    for (const config::LabelledSecret& secret : secrets) {
        const std::string expected = scheme.scheme == Scheme::kBasic
                                         ? secret.value.reveal()
                                         : hmac_sha256(secret.value, body);
        // No early end: the time must not tell which secret matched.
        if (!secret.value.empty() && is_equal(claim, expected)) {
            match = &secret;
        }
    }
    return match == nullptr ? std::nullopt : std::optional(match->label);
}

}  // namespace gatehouse::verify
