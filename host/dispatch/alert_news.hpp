// AlertNews: who is told of alerts besides staff's task in Storeganise.
#pragma once

#include <vector>

#include "dispatch/alert.hpp"
#include "dispatch/task.hpp"

namespace gatehouse::dispatch {

enum class AlertTurn : std::uint8_t { kRaised, kCured };  // gatehouse.alert.raised, .cured

// [any thread]
class AlertNews {
  public:
    virtual ~AlertNews() = default;

    // The tasks that tell of it. Stored with the mark that it was told, so each turn is told once.
    virtual std::vector<NewTask> tell(const AlertRecord& alert, AlertTurn turn) = 0;
};

}  // namespace gatehouse::dispatch
