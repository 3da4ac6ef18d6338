// The table of access events: what happened at the doors.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/access_event.hpp"
#include "store/sqlite/write_context.hpp"

namespace gatehouse::store::sqlite {

// Nothing if the vendor's id is known. [writer's thread]
void put_access_event(WriteContext& context, const access::AccessEvent& event);

// [writer's thread]
std::int64_t forget_access_events(Database& database, UnixMs before_ms, std::int64_t limit);

std::optional<access::StoredAccessEvent> read_access_event(Database& database, std::int64_t id);

// By the index of the narrowest part of the filter; the other parts are compared row by row.
std::vector<access::StoredAccessEvent> read_access_events(Database& database,
                                                          const access::AccessEventFilter& filter,
                                                          int limit);

}  // namespace gatehouse::store::sqlite
