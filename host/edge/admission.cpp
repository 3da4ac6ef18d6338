#include "edge/admission.hpp"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace gatehouse::edge {

namespace {

constexpr double kNetworkTimes = 4;
constexpr double kBurstSeconds = 2;
constexpr std::int64_t kKnownForMs = 24LL * 3600 * 1000;
constexpr std::int64_t kProveAgainMs = 60'000;
// Attackers choose how many addresses there are; what is remembered of them is bounded.
constexpr std::size_t kMaxRemembered = 16'384;

// Of the slots, one in sixteen is kept for known senders; from nine tenths on strangers go.
constexpr std::size_t kReservedPart = 16;
constexpr std::size_t kCrowdedPart = 10;

bool is_ipv6(const AddressKey& key) {
    constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return !std::equal(kMapped.begin(), kMapped.end(), key.begin());
}

// Never equal to an address's key: those end with eight zero bytes, or are IPv4.
AddressKey network_key(const AddressKey& key) {
    AddressKey network{};
    std::copy_n(key.begin(), 6, network.begin());
    network.back() = 48;
    return network;
}

}  // namespace

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

void Admission::Slot::prove(std::int64_t now_ms) {
    // Once a minute is enough for what is remembered for a day.
    if (proven_ms_ != kNever && now_ms - proven_ms_ < kProveAgainMs) return;
    owner_->prove(*this, now_ms);
}

bool Admission::Slot::take_bytes(std::size_t bytes) {
    const std::lock_guard lock(owner_->mutex_);
    return owner_->take_bytes(*this, bytes);
}

void Admission::Slot::give_back_bytes(std::size_t bytes) {
    const std::lock_guard lock(owner_->mutex_);
    owner_->give_back_bytes(*this, bytes);
}

std::variant<Admission::Slot, Refusal> Admission::admit(const AddressKey& key,
                                                        std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    Slot slot(*this);
    slot.owner_ = nullptr;  // nothing to give back yet
    if (const auto refusal = take(slot, key, now_ms)) return *refusal;
    change_count(1);
    slot.owner_ = this;
    return slot;
}

std::variant<Admission::Slot, Refusal> Admission::admit_proxy() {
    const std::lock_guard lock(mutex_);
    if (is_full_for(true)) return Refusal::kFull;
    change_count(1);
    Slot slot(*this);
    slot.is_known_ = true;
    return slot;
}

std::optional<Refusal> Admission::name_client(Slot& slot, const AddressKey& key,
                                              std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    return take(slot, key, now_ms);
}

std::optional<Refusal> Admission::take(Slot& slot, const AddressKey& key, std::int64_t now_ms) {
    forget_some(now_ms);
    std::array<Share, 2> shares{};
    shares[0] = {&addresses_[key], 1};
    if (is_ipv6(key)) shares[1] = {&addresses_[network_key(key)], kNetworkTimes};

    slot.is_known_ = is_known(*shares[0].address, now_ms);
    if (is_full_for(slot.is_known_)) return Refusal::kFull;
    for (const Share& share : shares) {
        if (share.address == nullptr) continue;
        const double most = static_cast<double>(limits_.per_address) * share.times;
        if (static_cast<double>(share.address->open) >= most) return Refusal::kAddress;
        fill(share, now_ms);
        if (limits_.handshakes_per_s > 0 && share.address->tokens < 1) {
            slot.is_within_rate_ = false;
        }
    }
    // A known sender's own clumsiness is no reason to lose its events: it comes after the others.
    if (!slot.is_within_rate_ && !slot.is_known_) return Refusal::kRate;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        Address* const address = shares[i].address;
        if (address == nullptr) continue;
        ++address->open;
        address->tokens = std::max(address->tokens - 1, 0.0);
        slot.entries_[i] = address;
    }
    return std::nullopt;
}

bool Admission::is_full_for(bool known) const {
    const std::size_t reserved = known ? 0 : limits_.in_all / kReservedPart;
    return count_ >= limits_.in_all - reserved;
}

void Admission::fill(const Share& share, std::int64_t now_ms) const {
    Address& address = *share.address;
    const double rate = limits_.handshakes_per_s * share.times;
    const double most = std::max(rate * kBurstSeconds, 1.0);
    if (address.filled_ms == kNever) {
        address.tokens = most;
    } else {
        const double seconds = static_cast<double>(now_ms - address.filled_ms) / 1000;
        address.tokens = std::min(most, address.tokens + rate * seconds);
    }
    address.filled_ms = now_ms;
}

bool Admission::is_known(const Address& address, std::int64_t now_ms) const {
    return address.proven_ms != kNever && now_ms - address.proven_ms < kKnownForMs;
}

// Those go that would be the same if they came anew, and if that is not enough every stranger
// without a connection, so that the next time is many addresses away.
void Admission::forget_some(std::int64_t now_ms) {
    if (addresses_.size() < std::max(forget_at_, kMaxRemembered)) return;
    const std::int64_t full_after_ms = static_cast<std::int64_t>(kBurstSeconds * 1000);
    const auto forget = [&](bool also_recent) {
        for (auto at = addresses_.begin(); at != addresses_.end();) {
            const Address& address = at->second;
            const bool is_recent =
                address.filled_ms != kNever && now_ms - address.filled_ms < full_after_ms;
            const bool stays =
                address.open > 0 || is_known(address, now_ms) || (is_recent && !also_recent);
            at = stays ? std::next(at) : addresses_.erase(at);
        }
    };
    forget(false);
    if (addresses_.size() > kMaxRemembered / 2) forget(true);
    forget_at_ = 2 * addresses_.size();
}

void Admission::change_count(std::ptrdiff_t by) {
    count_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(count_) + by);
    if (open_ != nullptr) open_->set(static_cast<double>(count_));
}

bool Admission::take_bytes(Slot& slot, std::size_t bytes) {
    const std::size_t for_all =
        slot.is_known_ ? limits_.body_bytes : limits_.body_bytes - limits_.body_bytes / 4;
    if (bytes > for_all || bytes_ > for_all - bytes) return false;
    for (const Address* const address : slot.entries_) {
        const std::size_t share = limits_.body_bytes / 2;
        if (address == nullptr) continue;
        if (bytes > share || address->bytes > share - bytes) return false;
    }
    for (Address* const address : slot.entries_) {
        if (address != nullptr) address->bytes += bytes;
    }
    bytes_ += bytes;
    slot.bytes_ += bytes;
    return true;
}

void Admission::give_back_bytes(Slot& slot, std::size_t bytes) {
    for (Address* const address : slot.entries_) {
        if (address != nullptr) address->bytes -= bytes;
    }
    bytes_ -= bytes;
    slot.bytes_ -= bytes;
}

void Admission::release(Slot& slot) {
    const std::lock_guard lock(mutex_);
    give_back_bytes(slot, slot.bytes_);
    for (Address* const address : slot.entries_) {
        if (address != nullptr) --address->open;
    }
    change_count(-1);
    if (count_ == 0) emptied_.notify_all();
}

void Admission::prove(Slot& slot, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    for (Address* const address : slot.entries_) {
        if (address == nullptr) continue;
        if (slot.proven_ms_ == kNever) ++address->tokens;  // fill() bounds it
    }
    if (slot.entries_[0] != nullptr) slot.entries_[0]->proven_ms = now_ms;
    slot.proven_ms_ = now_ms;
    slot.is_known_ = true;
}

std::size_t Admission::count() const {
    const std::lock_guard lock(mutex_);
    return count_;
}

bool Admission::is_crowded() const {
    const std::lock_guard lock(mutex_);
    return count_ >= limits_.in_all - limits_.in_all / kCrowdedPart;
}

bool Admission::wait_until_empty(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_for(lock, at_most, [this] { return count_ == 0; });
}

}  // namespace gatehouse::edge
