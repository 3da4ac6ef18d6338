// RFC 3339 times, as the host and Kisi write them.
#pragma once

#include "gatehouse/sdk/utc_time.hpp"

namespace gatehouse::kisi {

using sdk::format_time;
using sdk::parse_time;

}  // namespace gatehouse::kisi
