// VendorEvents: what a plugin tells of doors, as values of the host. The documents are those of
// inbound.parse and events.catch_up, which hold the same events.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "access/access_event.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse::inbound {

struct VendorEvent {
    access::AccessEvent event;               // rental and renter not told yet
    std::vector<std::string> grant_targets;  // where a grant that opened it may be found
    nlohmann::json reference;                // of the person; null if none
};

struct VendorEvents {
    std::vector<VendorEvent> events;  // by the vendor's time
    std::string next_cursor;          // catch_up only; empty = the last page
};

// Reads a result document that fits its schema. A time that cannot be read counts as `now_ms`.
// kInternal if it is no such document. Pure. [any thread]
Result<VendorEvents> read_vendor_events(std::string_view document, const std::string& business,
                                        const std::string& connection, UnixMs now_ms);

}  // namespace gatehouse::inbound
