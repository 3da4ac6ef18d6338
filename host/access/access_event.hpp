// AccessEvent: what happened at a door, as a vendor told it, normalised. Ordered by the vendor's
// time, since vendors tell late and out of order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::access {

// (business, connection, vendor_id) is its identity.
struct AccessEvent {
    std::string business = {};
    std::string connection = {};
    std::string vendor_id = {};    // the vendor's own id
    std::string kind = {};         // "unlocked", "denied", ... (docs/access-log.md)
    std::string target = {};       // "lock:12"; empty if none was named
    std::string target_name = {};  // as the vendor shows it; may be empty
    std::string person = {};       // e-mail, phone or the vendor's reference; may be empty
    std::optional<bool> success = {};
    std::string reason = {};  // the vendor's code of a denial; may be empty
    UnixMs occurred_ms = 0;   // the vendor's clock
    UnixMs received_ms = 0;
    std::string rental_id = {};  // empty if it could not be told
    std::string renter_id = {};
};

struct AccessEventFilter {
    std::string business = {};
    std::optional<std::string> connection = {};
    std::optional<std::string> rental_id = {};
    std::optional<std::string> renter_id = {};
    std::optional<std::string> target = {};
    UnixMs from_ms = 0;
    UnixMs until_ms = 0;  // 0 = no bound
    // The page begins after this event in the order newest first; both 0 = the newest.
    UnixMs before_ms = 0;
    std::int64_t before_row = 0;
    int limit = 100;
};

struct StoredAccessEvent {
    std::int64_t row = 0;
    AccessEvent event;
};

// What the access log needs of the store. [any thread]
class AccessLog {
  public:
    virtual ~AccessLog() = default;

    virtual Result<std::vector<StoredAccessEvent>> access_events(
        const AccessEventFilter& filter) = 0;

    // Deletes at most `limit` events that occurred before, and says how many went.
    virtual Result<std::int64_t> forget_access_events(UnixMs before_ms, int limit) = 0;
};

}  // namespace gatehouse::access
