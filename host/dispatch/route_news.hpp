// RouteNews: tells alerts to the routes that want gatehouse.alert.raised or gatehouse.alert.cured.
#pragma once

#include <vector>

#include "base/clock.hpp"
#include "dispatch/alert_news.hpp"
#include "dispatch/businesses.hpp"

namespace gatehouse::dispatch {

class RouteNews final : public AlertNews {
  public:
    RouteNews(const Businesses& businesses, const Clock& clock)
        : businesses_(businesses), clock_(clock) {}

    // One task for each route that wants it. Which sites a route is for is looked at when its task
    // runs.
    std::vector<NewTask> tell(const AlertRecord& alert, AlertTurn turn) override;

  private:
    const Businesses& businesses_;
    const Clock& clock_;
};

}  // namespace gatehouse::dispatch
