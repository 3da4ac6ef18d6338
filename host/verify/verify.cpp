#include "verify/verify.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/encoding.hpp"
#include "base/random.hpp"
#include "verify/standard_webhooks.hpp"

namespace gatehouse::verify {
namespace {

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

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Case does not count: these are words, not keys.
bool begins_with(std::string_view text, std::string_view beginning) {
    return text.size() >= beginning.size() &&
           std::equal(beginning.begin(), beginning.end(), text.begin(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

const Secret& decoy() {
    static const Secret secret(SystemRandom().bytes(32));
    return secret;
}

// The bytes that the sender claims; none that could match if they cannot be read.
std::vector<std::string> claims_of(const SignatureScheme& scheme, std::string_view value) {
    if (scheme.scheme == Scheme::kStandardWebhooks) {
        return read_signatures(value);
    }
    if (scheme.scheme == Scheme::kBasic) {
        const auto given = credentials(value, "Basic");
        return given ? std::vector<std::string>{from_base64(*given).value_or("")}
                     : std::vector<std::string>{};
    }
    if (!scheme.prefix.empty() && begins_with(value, scheme.prefix)) {
        value.remove_prefix(scheme.prefix.size());
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    }
    return {
        (scheme.encoding == Encoding::kHex ? from_hex(value) : from_base64(value)).value_or("")};
}

std::string signed_text(const Delivery& delivery) {
    std::string text;
    text.reserve(delivery.id.size() + delivery.timestamp.size() + delivery.body.size() + 2);
    text.append(delivery.id).append(".").append(delivery.timestamp).append(".");
    return text.append(delivery.body);
}

// Nothing that matches if the secret is of no use.
std::string expected(const SignatureScheme& scheme, const Secret& secret, std::string_view text) {
    if (scheme.scheme == Scheme::kBasic) {
        return secret.reveal();
    }
    if (scheme.scheme == Scheme::kHmacSha256) {
        return secret.empty() ? std::string() : hmac_sha256(secret, text);
    }
    const Secret key = standard_webhooks_key(secret);
    return key.empty() ? std::string() : hmac_sha256(key, text);
}

bool is_timely(std::string_view timestamp, UnixMs now_ms) {
    const std::optional<UnixMs> sent_ms = read_timestamp(timestamp);
    return sent_ms && std::abs(now_ms - *sent_ms) <= kToleranceMs;
}

}  // namespace

std::optional<std::string_view> credentials(std::string_view header, std::string_view scheme) {
    if (!begins_with(header, scheme)) return std::nullopt;
    header.remove_prefix(scheme.size());
    const std::size_t begin = header.find_first_not_of(' ');
    if (begin == 0 || begin == std::string_view::npos) return std::nullopt;
    return header.substr(begin);
}

Result<SignatureScheme> make_scheme(std::string_view scheme, std::string_view header,
                                    std::string_view prefix, std::string_view encoding) {
    if (scheme == "basic") {
        return SignatureScheme{Scheme::kBasic, "authorization", "", Encoding::kBase64};
    }
    if (scheme == "standard-webhooks") {
        return SignatureScheme{Scheme::kStandardWebhooks, "", "", Encoding::kBase64};
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

std::string fault_in_secret(const SignatureScheme& scheme, const Secret& secret) {
    if (secret.empty()) {
        return "a webhook secret is empty";
    }
    if (scheme.scheme == Scheme::kBasic && secret.reveal().find(':') == std::string::npos) {
        return "this vendor's webhook secret is written user:password";
    }
    if (scheme.scheme == Scheme::kStandardWebhooks && standard_webhooks_key(secret).empty()) {
        return "this vendor's webhook secret is whsec_ and base64";
    }
    return {};
}

Result<std::string> verify(const SignatureScheme& scheme, const Delivery& delivery,
                           const std::vector<config::LabelledSecret>& secrets, UnixMs now_ms,
                           std::size_t least_macs) {
    const bool is_standard = scheme.scheme == Scheme::kStandardWebhooks;
    const std::vector<std::string> claims = claims_of(scheme, delivery.signature);
    const std::string own = is_standard ? signed_text(delivery) : std::string();
    const std::string_view text = is_standard ? std::string_view(own) : delivery.body;
    const config::LabelledSecret* match = nullptr;
    for (const config::LabelledSecret& secret : secrets) {
        const std::string right = expected(scheme, secret.value, text);
        // No early end: the time must not tell which secret matched.
        for (const std::string& claim : claims) {
            if (!right.empty() && is_equal(claim, right)) {
                match = &secret;
            }
        }
    }
    const std::size_t macs = scheme.scheme == Scheme::kBasic ? 0 : secrets.size();
    for (std::size_t i = macs; i < least_macs; ++i) {
        hmac_sha256(decoy(), text);
    }
    if (match == nullptr || (is_standard && delivery.id.empty())) {
        return fail(ErrorKind::kForbidden, "the signature is missing or wrong");
    }
    if (is_standard && !is_timely(delivery.timestamp, now_ms)) {
        return fail(ErrorKind::kForbidden,
                    "the signature's time is more than 5 minutes from this host's clock");
    }
    return match->label;
}

}  // namespace gatehouse::verify
