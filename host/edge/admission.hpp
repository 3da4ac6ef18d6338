// Admission: who may be connected. It counts open connections in all, per client address and per
// wider IPv6 network, keeps a token bucket of TLS handshakes for each, and remembers the addresses
// that brought a verified event, for which the last slots are kept. An IPv6 client is its /64,
// since it owns all of that; its /48 may hold four times as much.
//
// A handshake takes a token, and a connection that then brings a verified event gives it back: only
// handshakes that led to nothing use the bucket up. [any thread]
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
#include <variant>

#include "observe/metrics.hpp"

namespace gatehouse::edge {

using AddressKey = std::array<std::uint8_t, 16>;

AddressKey address_key(const sockaddr_storage& address);

struct AdmissionLimits {
    std::size_t in_all = 4096;
    std::size_t per_address = 256;
    double handshakes_per_s = 0;                  // per address; 0 = not counted
    std::size_t body_bytes = 32UL * 1024 * 1024;  // held for bodies in all; half for an address
};

enum class Refusal : std::uint8_t {
    kFull,     // over the cap, or into what is kept for known senders
    kAddress,  // over the cap of its address
    kRate,     // its address shook hands too often for nothing
};
constexpr std::size_t kRefusals = 3;

class Admission {
    struct Address;
    using Table = std::map<AddressKey, Address>;

  public:
    // The right to be connected; given back when it goes. The Admission outlives it.
    class Slot {
      public:
        Slot(Slot&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)),
              entries_(other.entries_),
              bytes_(other.bytes_),
              is_known_(other.is_known_),
              is_within_rate_(other.is_within_rate_),
              proven_ms_(other.proven_ms_) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (owner_ != nullptr) owner_->release(*this);
        }

        // A verified event came.
        void prove(std::int64_t now_ms);

        // Whether a verified event came from this address before, or over this connection since.
        bool is_known() const { return is_known_; }

        // Memory for a body under way. An address has half of all, strangers together three
        // quarters. What is not given back goes back with the slot.
        bool take_bytes(std::size_t bytes);
        void give_back_bytes(std::size_t bytes);

        // Whether its handshake goes before those of strangers.
        bool goes_first() const { return is_known_ && is_within_rate_; }

      private:
        friend class Admission;
        explicit Slot(Admission& owner) : owner_(&owner) {}

        Admission* owner_;
        std::array<Address*, 2> entries_{};  // the address and its wider network; may be null
        std::size_t bytes_ = 0;
        bool is_known_ = false;
        bool is_within_rate_ = true;
        std::int64_t proven_ms_ = kNever;
    };

    // `open`, if any, shows how many are connected; it outlives the Admission.
    explicit Admission(const AdmissionLimits& limits, observe::Gauge* open = nullptr)
        : limits_(limits), open_(open) {}

    // Times are of the steady clock.
    std::variant<Slot, Refusal> admit(const AddressKey& key, std::int64_t now_ms);

    // A proxy's connection, for itself or before it said for whom: counted in all only, and no
    // stranger.
    std::variant<Slot, Refusal> admit_proxy();

    // Counts a proxy's connection for the client that it named. If that one is refused, the
    // connection must be closed.
    std::optional<Refusal> name_client(Slot& slot, const AddressKey& key, std::int64_t now_ms);

    std::size_t count() const;

    // Whether so many are connected that an idle stranger should go for each that comes.
    bool is_crowded() const;

    // Whether no connection was left before the time was over.
    bool wait_until_empty(std::chrono::milliseconds at_most);

  private:
    static constexpr std::int64_t kNever = INT64_MIN;

    struct Address {
        std::size_t open = 0;
        std::size_t bytes = 0;
        double tokens = 0;
        std::int64_t filled_ms = kNever;  // when tokens was right
        std::int64_t proven_ms = kNever;
    };

    // What one address or network may have: a number of times the limits of an address.
    struct Share {
        Address* address = nullptr;
        double times = 1;
    };

    std::optional<Refusal> take(Slot& slot, const AddressKey& key, std::int64_t now_ms);
    bool is_full_for(bool known) const;
    void fill(const Share& share, std::int64_t now_ms) const;
    bool is_known(const Address& address, std::int64_t now_ms) const;
    void forget_some(std::int64_t now_ms);
    void change_count(std::ptrdiff_t by);
    bool take_bytes(Slot& slot, std::size_t bytes);
    void give_back_bytes(Slot& slot, std::size_t bytes);
    void release(Slot& slot);
    void prove(Slot& slot, std::int64_t now_ms);

    const AdmissionLimits limits_;
    mutable std::mutex mutex_;
    std::condition_variable emptied_;
    std::size_t count_ = 0;
    observe::Gauge* const open_;
    Table addresses_;  // nodes stay where they are while a slot is open
    std::size_t forget_at_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace gatehouse::edge
