// When a business's full sweep begins: once a day, in the quiet part of its day, at a moment that
// its name picks, so that a thousand businesses do not begin at once.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "config/config.hpp"

namespace gatehouse::sweep {

// The first such moment after `now_ms`. On days when clocks change it may be an hour off. A zone
// that the system does not know counts as UTC.
UnixMs next_full_ms(const std::string& business, const config::DayWindow& window,
                    const std::string& time_zone, UnixMs now_ms);

}  // namespace gatehouse::sweep
