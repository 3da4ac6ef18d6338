#include "plugins/lane_room.hpp"

#include <algorithm>

namespace gatehouse::plugins {

bool LaneRoom::begin(const std::string& connection, Time now) {
    const bool is_slow = has_slow_call(connection, now);
    const auto known = was_quick_.find(connection);
    const bool is_quick = known != was_quick_.end() && known->second && !is_slow;
    if (count_ >= kCalls || (count_ >= kOfUnknown && !is_quick) || (count_ >= kOfSlow && is_slow)) {
        return false;
    }
    ++count_;
    under_way_[connection].push_back(now);
    return true;
}

void LaneRoom::end(const std::string& connection, Time began, Time now) {
    const auto found = under_way_.find(connection);
    if (found == under_way_.end()) return;
    const auto one = std::ranges::find(found->second, began);
    if (one == found->second.end()) return;
    found->second.erase(one);
    if (found->second.empty()) under_way_.erase(found);
    --count_;
    was_quick_[connection] = now - began < kQuick;
}

bool LaneRoom::has_slow_call(const std::string& connection, Time now) const {
    const auto found = under_way_.find(connection);
    return found != under_way_.end() &&
           std::ranges::any_of(found->second, [&](Time began) { return now - began >= kSlow; });
}

}  // namespace gatehouse::plugins
