// RentalRecord: what Gatehouse knows about one rental between two looks: the desired access that
// was last worked out, the grant that the vendor holds, and the fields last written back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::access {

struct RentalRecord {
    std::string business;
    std::string rental_id;
    std::string connection;  // the connection that holds the grant; empty = none yet
    std::string site_id;
    std::string unit_id;
    std::string unit_name;
    std::string renter_id;
    std::string desired_json;  // access/desired.hpp, schema 1; empty = never worked out
    std::string grant_json;    // access/grant.hpp, schema 1; empty = the vendor holds nothing
    std::string fields_json;   // custom fields as last written by us, {code: value}
    UnixMs updated_ms = 0;
    std::vector<std::string> targets =
        {};                            // of the grant, for lookups; those that were held when ended
    std::string move_in_job_id = {};   // as last read
    std::string move_out_job_id = {};  // as last read; empty = none is planned
    std::string pin_hash = {};         // keyed (access/pin.hpp); empty = no PIN is held
    UnixMs swept_end_ms = 0;           // when an end that only a sweep asked for was applied
    UnixMs fuse_blocked_ms = 0;        // since when an end waits for `gatehouse fuse`; 0 = none
};

// What reconcile and explain need of the store. [any thread]
class RentalRecords {
  public:
    virtual ~RentalRecords() = default;

    // Nothing if the rental was never looked at. kUnavailable if the store cannot be read.
    virtual Result<std::optional<RentalRecord>> rental(const std::string& business,
                                                       const std::string& rental_id) = 0;

    // By rental id, after `after_rental_id`, at most `limit`.
    virtual Result<std::vector<RentalRecord>> rentals(const std::string& business,
                                                      const std::string& after_rental_id,
                                                      int limit) = 0;
};

}  // namespace gatehouse::access
