#include "edge/admission.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace gatehouse::edge {

AddressKey address_key(const sockaddr_storage& address) {
    AddressKey key{};
    if (address.ss_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        key[10] = key[11] = 0xff;
        std::memcpy(key.data() + 12, &v4.sin_addr, 4);
    } else if (address.ss_family == AF_INET6) {
        sockaddr_in6 v6{};
        std::memcpy(&v6, &address, sizeof v6);
        const std::size_t counted = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? 16 : 8;
        std::memcpy(key.data(), &v6.sin6_addr, counted);
    }
    return key;
}

std::optional<Admission::Slot> Admission::admit(const AddressKey& key) {
    const std::lock_guard lock(mutex_);
    if (count_ >= in_all_) return std::nullopt;
    const auto found = by_address_.find(key);
    if (found != by_address_.end() && found->second >= per_address_) return std::nullopt;
    ++by_address_[key];
    ++count_;
    return std::make_optional<Slot>(*this, key);
}

void Admission::release(const AddressKey& key) {
    const std::lock_guard lock(mutex_);
    const auto found = by_address_.find(key);
    if (--found->second == 0) by_address_.erase(found);
    if (--count_ == 0) emptied_.notify_all();
}

std::size_t Admission::count() const {
    const std::lock_guard lock(mutex_);
    return count_;
}

bool Admission::wait_until_empty(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_for(lock, at_most, [this] { return count_ == 0; });
}

}  // namespace gatehouse::edge
