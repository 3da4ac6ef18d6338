#include "dispatch/event_types.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::dispatch {

bool asks_for_a_look(std::string_view event_type) {
    static constexpr std::array<std::string_view, 2> kTypes{
        "job.unit_moveIn.completed",
        "job.unit_moveOut.completed",
    };
    return std::find(kTypes.begin(), kTypes.end(), event_type) != kTypes.end();
}

}  // namespace gatehouse::dispatch
