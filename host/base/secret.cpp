#include "base/secret.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace gatehouse {

// A moved-from short string keeps its bytes in place, so the source is copied and wiped by hand.
// NOLINTNEXTLINE(performance-move-constructor-init)
Secret::Secret(Secret&& other) noexcept : value_(other.value_) {
    other.wipe();
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe();
        value_ = other.value_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        value_ = other.value_;
        other.wipe();
    }
    return *this;
}

Secret::~Secret() {
    wipe();
}

bool Secret::equals(std::string_view other) const {
    return value_.size() == other.size() &&
           CRYPTO_memcmp(value_.data(), other.data(), other.size()) == 0;
}

void Secret::wipe() {
    if (!value_.empty()) {
        OPENSSL_cleanse(value_.data(), value_.size());
        value_.clear();
    }
}

}  // namespace gatehouse
