#include "support/webhook_signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/encoding.hpp"

namespace gatehouse::test {

std::string hmac_sha256(std::string_view key, std::string_view body) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest, &size);
    return {reinterpret_cast<const char*>(digest), size};
}

std::string storeganise_signature(std::string_view secret, std::string_view body) {
    return to_base64(hmac_sha256(secret, body));
}

}  // namespace gatehouse::test
