#include "egress/signatures.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <string>
#include <string_view>

#include "base/encoding.hpp"
#include "egress/ascii.hpp"

namespace gatehouse::egress {
namespace {

constexpr std::string_view kOpen = "{{standard-webhooks:";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kKeyPrefix = "whsec_";
constexpr std::size_t kMinKeyBytes = 16;

std::string_view header_of(const HttpCall& call, std::string_view name) {
    for (const auto& [key, value] : call.headers) {
        if (equal_without_case(key, name)) return value;
    }
    return {};
}

Result<std::string> signature(const std::string& secret, const HttpCall& call) {
    std::string_view text = secret;
    if (text.starts_with(kKeyPrefix)) text.remove_prefix(kKeyPrefix.size());
    const Result<std::string> key = from_base64(text);
    if (!key || key->size() < kMinKeyBytes) {
        return fail(ErrorKind::kInvalid, "the signing secret is not whsec_ and a key in base64");
    }
    const std::string_view id = header_of(call, "webhook-id");
    const std::string_view at = header_of(call, "webhook-timestamp");
    if (id.empty() || at.empty()) {
        return fail(ErrorKind::kInvalid, "a signature needs webhook-id and webhook-timestamp");
    }
    const std::string content = std::string(id) + '.' + std::string(at) + '.' + call.body;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(content.data());
    if (HMAC(EVP_sha256(), key->data(), static_cast<int>(key->size()), bytes, content.size(),
             digest.data(), &size) == nullptr) {
        return fail(ErrorKind::kInternal, "no signature could be made");
    }
    return "v1," + to_base64({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace

Result<void> sign(const Secrets& secrets, HttpCall& call) {
    for (auto& [header, value] : call.headers) {
        for (std::size_t at = value.find(kOpen); at != std::string::npos; at = value.find(kOpen)) {
            const std::size_t begin = at + kOpen.size();
            const std::size_t end = value.find(kClose, begin);
            if (end == std::string::npos) {
                return fail(ErrorKind::kInvalid, "a signature's reference does not end");
            }
            const Secret* secret = secrets.named(value.substr(begin, end - begin));
            if (secret == nullptr) {
                return fail(ErrorKind::kInvalid, "a signature names an unknown secret");
            }
            const Result<std::string> made = signature(secret->reveal(), call);
            if (!made) return tl::unexpected(made.error());
            value.replace(at, end + kClose.size() - at, *made);
        }
    }
    return {};
}

}  // namespace gatehouse::egress
