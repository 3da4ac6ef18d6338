// Admission: counts open connections, handshakes included, in all and per client address, and
// refuses those over a cap. An IPv6 client is its /64, since it owns all of that. [any thread]
#pragma once

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace gatehouse::edge {

using AddressKey = std::array<std::uint8_t, 16>;

AddressKey address_key(const sockaddr_storage& address);

class Admission {
  public:
    // The right to be connected; given back when it goes. The Admission outlives it.
    class Slot {
      public:
        Slot(Admission& owner, const AddressKey& key) : owner_(&owner), key_(key) {}
        Slot(Slot&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), key_(other.key_) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (owner_ != nullptr) owner_->release(key_);
        }

      private:
        Admission* owner_;
        AddressKey key_;
    };

    Admission(std::size_t in_all, std::size_t per_address)
        : in_all_(in_all), per_address_(per_address) {}

    // Nothing when the client is over a cap.
    std::optional<Slot> admit(const AddressKey& key);

    std::size_t count() const;

    // Whether no connection was left before the time was over.
    bool wait_until_empty(std::chrono::milliseconds at_most);

  private:
    void release(const AddressKey& key);

    const std::size_t in_all_;
    const std::size_t per_address_;
    mutable std::mutex mutex_;
    std::condition_variable emptied_;
    std::size_t count_ = 0;
    std::map<AddressKey, std::size_t> by_address_;
};

}  // namespace gatehouse::edge
