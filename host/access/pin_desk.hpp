// PinDesk: gives out PINs so that no two rentals of a site have the same one, also when two looks
// choose at the same moment.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "access/pin.hpp"
#include "access/rental_lookups.hpp"
#include "base/clock.hpp"

namespace gatehouse::access {

// For whom a PIN is.
struct PinClaim {
    std::string business;
    std::string site_id;
    std::string rental_id;
    std::string transferred_from;  // the rental whose PIN may be taken over; empty = none
};

// [any thread]
class PinDesk {
  public:
    // All outlive the desk.
    PinDesk(RentalLookups& lookups, const PinKey& key, Random& random, const Clock& clock)
        : lookups_(lookups), key_(key), random_(random), clock_(clock) {}

    std::string hash(const PinClaim& claim, std::string_view pin) const {
        return key_.hash(claim.business, claim.site_id, pin);
    }

    // Why the PIN cannot be used, in words that do not show it; empty: it can, and is kept for the
    // claim. kUnavailable: the store cannot be read.
    Result<std::string> check(const PinClaim& claim, const plugins::PinRule& rule,
                              std::string_view pin);

    // A fresh one, kept for the claim. kConflict: none is free. kUnsupported: see make_pin.
    Result<Secret> choose(const PinClaim& claim, const plugins::PinRule& rule);

    // Nothing is kept for this rental any more: its access has ended.
    void release(const std::string& business, const std::string& rental_id);

  private:
    struct Kept {
        std::string business;
        std::string rental_id;
        UnixMs since_ms = 0;
    };

    Result<bool> take(const PinClaim& claim, const std::string& hash);
    bool keep(const PinClaim& claim, const std::string& hash);

    RentalLookups& lookups_;
    const PinKey& key_;
    Random& random_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, Kept> kept_;  // by hash; guarded by mutex_
};

}  // namespace gatehouse::access
