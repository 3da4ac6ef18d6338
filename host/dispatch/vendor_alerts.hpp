// Which events at doors need a person.
#pragma once

#include <string>
#include <vector>

#include "access/access_event.hpp"
#include "dispatch/alert.hpp"

namespace gatehouse::dispatch {

// "connection:doors"
std::string connection_subject(const std::string& connection);

// In the events' order. low_battery raises "door:<target>", and one with success = true, which says
// that the battery is well again, cures it; webhook_disabled raises the connection's, which care
// cures. Pure.
std::vector<AlertChange> alerts_of(const std::vector<access::AccessEvent>& events);

}  // namespace gatehouse::dispatch
