// RentalLookups: finding what is known of rentals by something else than their id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/rental_record.hpp"
#include "access/transfer_link.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::access {

enum class RentalKey : std::uint8_t { kUnit, kRenter, kSite, kTarget };

struct FuseCounts {
    std::int64_t swept_ends = 0;  // ends since the given time that only a sweep asked for
    std::int64_t grants = 0;      // grants of the site now, suspended ones included
};

// Every answer comes from an index. kUnavailable if the store cannot be read. [any thread]
class RentalLookups {
  public:
    virtual ~RentalLookups() = default;

    // By rental id, after `after_rental_id`, at most `limit`.
    virtual Result<std::vector<RentalRecord>> rentals_by(const std::string& business, RentalKey key,
                                                         const std::string& value,
                                                         const std::string& after_rental_id,
                                                         int limit) = 0;

    // A rental of the site that holds the PIN with this hash.
    virtual Result<std::optional<std::string>> pin_holder(const std::string& business,
                                                          const std::string& site_id,
                                                          const std::string& pin_hash) = 0;

    virtual Result<FuseCounts> fuse_counts(const std::string& business, const std::string& site_id,
                                           UnixMs since_ms) = 0;

    // Records whose end waits for a person; of one business, or of all.
    virtual Result<std::vector<RentalRecord>> fuse_blocked(
        const std::optional<std::string>& business, int limit) = 0;

    // Links that are not done and name this rental, as the old one or as the new one.
    virtual Result<std::vector<TransferLink>> open_transfers(const std::string& business,
                                                             const std::string& rental_id) = 0;
};

}  // namespace gatehouse::access
