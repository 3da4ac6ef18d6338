// Fuse: stops a sweep from ending access of many rentals at once (promise P6). Ends that an event
// of their own names do not come here.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "access/rental_lookups.hpp"
#include "access/rental_record.hpp"
#include "base/clock.hpp"
#include "config/config.hpp"

namespace gatehouse::access {

// How many ends that only sweeps asked for a site may see within `fuse.per_ms`. Pure.
std::int64_t allowed_ends(const config::Fuse& fuse, const FuseCounts& counts);

// Whether one more may pass. Pure.
bool may_pass(const config::Fuse& fuse, const FuseCounts& counts);

// Counts with the ends that passed and are not stored yet. [any thread]
class FuseDesk {
  public:
    // All outlive the desk.
    FuseDesk(RentalRecords& records, RentalLookups& lookups, const Clock& clock)
        : records_(records), lookups_(lookups), clock_(clock) {}

    // Whether this end may pass; it is counted from then on. kUnavailable: the store cannot be
    // read.
    Result<bool> pass(const std::string& business, const std::string& site_id,
                      const std::string& rental_id, const config::Fuse& fuse);

    // The end that passed did not come about.
    void release(const std::string& business, const std::string& rental_id);

  private:
    struct Passed {
        std::string site_id;
        UnixMs at_ms = 0;
        std::int64_t at_ns = 0;
    };

    Result<std::int64_t> count_unstored(const std::string& business, const std::string& site_id);

    RentalRecords& records_;
    RentalLookups& lookups_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Passed> passed_;  // by business and rental
};

}  // namespace gatehouse::access
