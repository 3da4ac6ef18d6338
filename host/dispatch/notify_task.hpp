// Notifier: tells one connection of one event: reads what the route asks for, fills its templates
// and calls the plugin's notify.send.
#pragma once

#include <vector>

#include "base/clock.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"
#include "notify/rate.hpp"
#include "notify/routes.hpp"
#include "plugins/plugin_host.hpp"

namespace gatehouse::dispatch {

class Notifier final : public TaskHandler {
  public:
    Notifier(const Businesses& businesses, plugins::PluginHost& plugins, const Clock& clock)
        : businesses_(businesses), plugins_(plugins), clock_(clock) {}

    // Good, without a message, if business or route are gone from the configuration.
    // kRateLimited: the route's own rate, with the delay. Other errors: Storeganise's when facts
    // cannot be read, the plugin's when the message was not taken. At least once: a message whose
    // answer was lost is sent again, under the same id.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    struct Message;

    Result<void> tell(const Task& task, const notify::Told& told, const Message& message,
                      observe::StepLog& steps);

    const Businesses& businesses_;
    plugins::PluginHost& plugins_;
    const Clock& clock_;
    notify::RouteRates rates_;
};

}  // namespace gatehouse::dispatch
