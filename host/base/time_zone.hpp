// Calendar days of a time zone as instants. Days of 23 and 25 hours, and days without a midnight,
// come out as the zone's people live them. Zones are the system's tzdata. [any thread]
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace gatehouse {

// Whether the system knows a zone of this IANA name: "Europe/Copenhagen", "UTC".
bool is_time_zone(std::string_view zone);

// The first moment of the day "2026-11-22": where clocks skip midnight, the moment after the skip;
// where midnight comes twice, the first one. kInvalid: no such zone, or not a possible day.
Result<UnixMs> day_begin_ms(const std::string& zone, const std::string& day);

// The first moment after the day.
Result<UnixMs> day_end_ms(const std::string& zone, const std::string& day);

// The day that holds the moment. kInvalid: no such zone.
Result<std::string> day_at(const std::string& zone, UnixMs at_ms);

}  // namespace gatehouse
