// Router: whom does the configuration want told of an event? Puts one kNotify for each route that
// fits the event's type and site.
#pragma once

#include "base/clock.hpp"
#include "dispatch/businesses.hpp"
#include "dispatch/task_handler.hpp"

namespace gatehouse::dispatch {

// How often an object that is not there is asked for again: Storeganise may be a moment behind its
// own events. Then the message goes without it.
constexpr int kPatientAttempts = 3;

class Router final : public TaskHandler {
  public:
    Router(const Businesses& businesses, const Clock& clock)
        : businesses_(businesses), clock_(clock) {}

    // Good, without a step, if the business is gone. kInvalid: the event is not readable. Other
    // errors: its site is asked for and cannot be read.
    Outcome run(const Task& task, observe::StepLog& steps) override;

  private:
    const Businesses& businesses_;
    const Clock& clock_;
};

}  // namespace gatehouse::dispatch
